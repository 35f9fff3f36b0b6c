import Foundation
import Graft
import Testing

/// What training steps leave of running statistics, compared to Keras and PyTorch.
@Suite struct RunningStatisticsTests {
  /// What `Tests/Fixtures/make_normalization_fixtures.py` wrote.
  private struct Fixture: Decodable {
    struct Result: Decodable { var gamma, beta, mean, variance: [Float] }
    var inputs, gamma, beta, mean, variance, kernel: [Float]
    var labels: [[Int]]
    var keras, torch: Result

    init() throws {
      let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/normalization.json")
      self = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  @Test(arguments: TestDevice.all, [true, false])
  func moveAsTheLibrarysDo(device: TestDevice, isUnbiased: Bool) throws {
    let fixture = try Fixture()
    let model = Model(name: "small", inputSize: 2, inputChannels: 2) {
      BatchNormalization(epsilon: 1e-3, momentum: 0.8, tracksUnbiasedVariance: isUnbiased)
        .named("bn")
      GlobalAveragePooling()
      Dense(2, hasBias: false)
    }
    let store = ParameterStore()
    let start = [
      ("bn.weight", fixture.gamma), ("bn.bias", fixture.beta), ("bn.running_mean", fixture.mean),
      ("bn.running_var", fixture.variance), ("dense.weight", fixture.kernel),
    ]
    for (path, values) in start {
      let shape: Shape = path == "dense.weight" ? [2, 2] : [2]
      store.set(ParameterPath(path), shape: shape, to: values)
    }
    let engine = TrainingEngine(
      session: try device.open().makeSession(parameters: store),
      configuration: TrainingConfiguration(
        trainable: ["bn.weight", "bn.bias", "dense.weight"], loss: .crossEntropy,
        optimizer: .sgd(0.5))
    ) { try model.trace(batchSize: $0) }
    let size = fixture.inputs.count / 2
    for step in 0..<2 {
      let targets = fixture.labels[step].flatMap { [$0 == 0 ? 1 : 0, $0 == 1 ? 1 : 0] as [Float] }
      let values = Array(fixture.inputs[step * size..<(step + 1) * size])
      _ = try engine.train(
        on: .given([0, 1, 2], values, targets: targets), epoch: 1, batchSize: 3, rate: 0.5)
    }
    try engine.download()
    let expected = isUnbiased ? fixture.torch : fixture.keras
    for (path, values) in [
      ("bn.weight", expected.gamma), ("bn.bias", expected.beta),
      ("bn.running_mean", expected.mean), ("bn.running_var", expected.variance),
    ] {
      let found = try store.values(at: ParameterPath(path))
      for (value, expected) in zip(found, values) { #expect(abs(value - expected) < 1e-5) }
    }
  }
}
