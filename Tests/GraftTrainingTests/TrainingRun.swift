import Graft
import Testing

/// One scenario on one device.
struct TrainingRun {
  static let model = Model(name: "small", inputSize: 12) { SmallNetwork().named("net") }
  let fixture: TrainingFixture
  let engine: TrainingEngine
  let configuration: TrainingConfiguration
  private var rate: Float { configuration.optimizer.rate }

  init(_ scenario: TrainingRunTests.Scenario, on device: any Device) throws {
    fixture = try TrainingFixture()
    let store = ParameterStore()
    let parameters = try Self.model.parameters
    let trainable = parameters.filter { parameter in
      parameter.role.isTrainable
        && scenario.trainable.contains { Self.torchName(parameter).hasPrefix($0) }
    }
    var configuration = TrainingConfiguration(
      trainable: Set(trainable.map(\.path)), loss: .crossEntropy, optimizer: scenario.optimizer,
      statistics: scenario.statistics)
    configuration.rates = try Self.groups(scenario.rates)
    self.configuration = configuration
    engine = TrainingEngine(
      session: device.makeSession(parameters: store), configuration: configuration
    ) { try Self.model.trace(batchSize: $0) }
    for parameter in parameters {
      let values = try expected("initial.\(Self.torchName(parameter))", parameter)
      store.set(parameter.path, shape: parameter.type.shape, to: values)
    }
  }

  /// The groups of layers named as PyTorch names them, with their factors.
  static func groups(_ rates: [String: Float]) throws -> RateGroups {
    let names = rates.map { ("net.\($0)", $1) }
    let layers = LayerRates.layers(Dictionary(uniqueKeysWithValues: names))
    return RateGroups(try layers.groups(of: model.outline()))
  }

  static func torchName(_ parameter: Parameter) -> String {
    String(parameter.path.description.dropFirst("net.".count))
  }

  /// A tensor of the fixture in Graft's layout.
  func expected(_ name: String, _ parameter: Parameter) throws -> [Float] {
    let values = try fixture.values(name)
    let extents = parameter.type.shape.extents
    switch parameter.role {
    case .convolutionKernel, .depthwiseKernel:
      // From (out, in, height, width).
      let (height, width, inputs, outputs) = (extents[0], extents[1], extents[2], extents[3])
      return (0..<values.count).map { position in
        let output = position % outputs
        let input = position / outputs % inputs
        let x = position / outputs / inputs % width
        let y = position / outputs / inputs / width
        return values[((output * inputs + input) * height + y) * width + x]
      }
    case .denseKernel:
      return (0..<values.count).map { values[$0 % extents[1] * extents[0] + $0 / extents[1]] }
    default: return values
    }
  }

  func samples(_ index: Int) throws -> [Float] {
    let all = try fixture.values("inputs")
    let count = all.count / 4
    return Array(all[index * count..<(index + 1) * count])
  }

  func targets(_ index: Int) throws -> [Float] {
    try fixture.values("labels")[index * 6..<(index + 1) * 6].flatMap { label in
      (0..<5).map { Float($0) == label ? 1 : 0 }
    }
  }

  func batch(_ index: Int) throws -> Batch {
    try .given(Array(0..<6), samples(index), targets: targets(index))
  }

  func step(_ index: Int) throws -> Float {
    try engine.train(on: batch(index), epoch: 1, batchSize: 6, rate: rate).loss
  }
}
