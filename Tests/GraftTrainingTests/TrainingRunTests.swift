import Foundation
import Graft
import Testing

/// Runs of a few steps, compared to PyTorch's on the same weights and batches.
@Suite struct TrainingRunTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    var name: String
    var trainable: [String]
    var statistics: NormalizationStatistics
    var optimizer: Optimizer
    var testDescription: String { name }
  }

  static let scenarios = [
    Scenario(
      name: "all.batch.sgd", trainable: ["conv", "bn", "fc"], statistics: .batch,
      optimizer: .sgd(0.1, weightDecay: 1e-3)),
    Scenario(
      name: "all.stored.adam", trainable: ["conv", "bn", "fc"], statistics: .stored,
      optimizer: .adam(0.01, weightDecay: 1e-3)),
    Scenario(
      name: "head.adam", trainable: ["fc"], statistics: .batch,
      optimizer: .adam(0.01, weightDecay: 1e-3)),
    Scenario(
      name: "tail.batch.adamw", trainable: ["conv3", "bn3", "fc"], statistics: .batch,
      optimizer: .adamW(0.01, weightDecay: 0.1)),
    Scenario(
      name: "tail.stored.nesterov", trainable: ["conv3", "fc"], statistics: .stored,
      optimizer: .sgd(0.05, momentum: 0.9, nesterov: true)),
    Scenario(
      name: "middle.sgd", trainable: ["conv2"], statistics: .batch,
      optimizer: .sgd(0.1, weightDecay: 1e-3)),
  ]

  @Test("Losses and parameters follow PyTorch's", arguments: TestDevice.all, scenarios)
  func followsPyTorch(device: TestDevice, scenario: Scenario) throws {
    let run = try Run(scenario, on: device.open())
    let losses = try (0..<4).map { try run.step($0) }
    let expected = try run.fixture.values("\(scenario.name).losses")
    for (loss, expected) in zip(losses, expected) {
      #expect(abs(loss - expected) < 2e-5 * max(1, abs(expected)))
    }
    try run.engine.download()
    for parameter in try Run.model.parameters {
      let name = "\(scenario.name).final.\(Run.torchName(parameter))"
      let values = try run.engine.session.parameters.values(at: parameter.path)
      let expected = try run.expected(name, parameter)
      let difference = zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference < 5e-5, "\(parameter.path)")
    }
  }

  @Test(
    "Twenty steps on an OpenCL device give the CPU's losses",
    .enabled(if: !TestDevice.openCL.isEmpty, TestDevice.absence),
    arguments: TestDevice.openCL, scenarios)
  func followsTheCPU(device: TestDevice, scenario: Scenario) throws {
    let expected = try Run(scenario, on: CPUDevice())
    let run = try Run(scenario, on: device.open())
    for step in 0..<20 {
      let (loss, expected) = (try run.step(step % 4), try expected.step(step % 4))
      #expect(abs(loss - expected) <= 1e-3, "step \(step + 1)")
    }
  }

  @Test("Steps from kept features equal steps from samples", arguments: TestDevice.all)
  func keptFeatures(device: TestDevice) throws {
    let scenario = Self.scenarios[3]
    let whole = try Run(scenario, on: device.open())
    let kept = try Run(scenario, on: device.open())
    let values = try kept.engine.frontier()
    #expect(values.count == 2)
    let bank = try FeatureBank(values: values, sampleCount: 6, memoryLimit: 0)
    #expect(bank.isInFile)
    let samples = try whole.samples(0)
    try samples.withUnsafeBufferPointer {
      try kept.engine.extract(
        StepBatch(.samples($0), count: 6), samples: Array(0..<6), batchSize: 6, into: bank)
    }
    for step in 0..<3 {
      let batch = StepBatch(
        .features(bank, Array(0..<6)), targets: try kept.targets(0), count: 6)
      let loss = try kept.engine.train(on: batch, batchSize: 6, rate: 0.01).loss
      let expected = try whole.step(0)
      #expect(abs(loss - expected) < 1e-5, "step \(step)")
    }
  }

  @Test("What a plan forecasts is what the device allocates", arguments: TestDevice.all, scenarios)
  func memoryIsAsPlanned(device: TestDevice, scenario: Scenario) throws {
    let device = try device.open()
    let before = device.allocatedByteCount
    let run = try Run(scenario, on: device)
    let report = try run.engine.forecast(batchSize: 6)
    #expect(device.allocatedByteCount == before)
    _ = try run.step(0)
    #expect(device.allocatedByteCount - before == report.totalByteCount)
    #expect(report.arenaByteCount >= report.arenaLowerBoundByteCount)
    #expect(
      Double(report.arenaByteCount) <= 1.05 * Double(report.arenaLowerBoundByteCount) + 4096)
  }

  @Test("A seed gives the same run bit for bit, on any number of threads")
  func repeats() throws {
    let losses = try [1, 2, 3].map { threads in
      let run = try Run(Self.scenarios[0], on: CPUDevice(threadCount: threads))
      return try (0..<4).map { try run.step($0).bitPattern }
    }
    #expect(losses[0] == losses[1])
    #expect(losses[1] == losses[2])
  }
}

/// One scenario on one device.
private struct Run {
  static let model = Model(name: "small", inputSize: 12) { SmallNetwork().named("net") }
  let fixture: TrainingFixture
  let engine: TrainingEngine
  private let rate: Float

  init(_ scenario: TrainingRunTests.Scenario, on device: any Device) throws {
    fixture = try TrainingFixture()
    let store = ParameterStore()
    let parameters = try Self.model.parameters
    let trainable = parameters.filter { parameter in
      parameter.role.isTrainable
        && scenario.trainable.contains { Self.torchName(parameter).hasPrefix($0) }
    }
    rate = scenario.optimizer.rate
    engine = TrainingEngine(
      session: device.makeSession(parameters: store),
      configuration: TrainingConfiguration(
        trainable: Set(trainable.map(\.path)), loss: .crossEntropy, optimizer: scenario.optimizer,
        statistics: scenario.statistics)
    ) { try Self.model.trace(batchSize: $0) }
    for parameter in parameters {
      let values = try expected("initial.\(Self.torchName(parameter))", parameter)
      store.set(parameter.path, shape: parameter.type.shape, to: values)
    }
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

  func step(_ index: Int) throws -> Float {
    let targets = try targets(index)
    return try samples(index).withUnsafeBufferPointer {
      try engine.train(
        on: StepBatch(.samples($0), targets: targets, count: 6), batchSize: 6, rate: rate
      ).loss
    }
  }
}
