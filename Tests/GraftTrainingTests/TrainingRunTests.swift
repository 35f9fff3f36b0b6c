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
    /// The factors of layers' rates in the first two steps, and in those that follow.
    var rates: [String: Float] = [:]
    var laterRates: [String: Float]?
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
    Scenario(
      name: "rates.momentum", trainable: ["conv", "bn", "fc"], statistics: .batch,
      optimizer: .sgd(0.1, momentum: 0.9, weightDecay: 1e-3),
      rates: ["conv1": 0.1, "bn1": 0.1, "conv2": 0.5]),
    Scenario(
      name: "rates.adam", trainable: ["conv", "bn", "fc"], statistics: .stored,
      optimizer: .adam(0.01, weightDecay: 1e-3), rates: ["conv1": 0.1, "bn1": 0.1, "conv2": 0.5]),
    Scenario(
      name: "rates.adamw", trainable: ["conv", "bn", "fc"], statistics: .batch,
      optimizer: .adamW(0.01, weightDecay: 0.1), rates: ["conv1": 0.1, "bn1": 0.1, "conv2": 0.5],
      laterRates: ["conv1": 1, "bn1": 1, "conv2": 0.05]),
  ]

  @Test("Losses and parameters follow PyTorch's", arguments: TestDevice.all, scenarios)
  func followsPyTorch(device: TestDevice, scenario: Scenario) throws {
    let device = try device.open()
    let run = try TrainingRun(scenario, on: device)
    var losses = try (0..<2).map { try run.step($0) }
    if let rates = scenario.laterRates {
      let byteCount = device.allocatedByteCount
      var configuration = run.configuration
      configuration.rates = try TrainingRun.groups(rates)
      try run.engine.configure(configuration)
      #expect(device.allocatedByteCount == byteCount, "graphs were forgotten")
    }
    losses += try (2..<4).map { try run.step($0) }
    let expected = try run.fixture.values("\(scenario.name).losses")
    for (loss, expected) in zip(losses, expected) {
      #expect(abs(loss - expected) < 2e-5 * max(1, abs(expected)))
    }
    try run.engine.download()
    for parameter in try TrainingRun.model.parameters {
      let name = "\(scenario.name).final.\(TrainingRun.torchName(parameter))"
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
    let expected = try TrainingRun(scenario, on: CPUDevice())
    let run = try TrainingRun(scenario, on: device.open())
    for step in 0..<20 {
      let (loss, expected) = (try run.step(step % 4), try expected.step(step % 4))
      #expect(abs(loss - expected) <= 1e-3, "step \(step + 1)")
    }
  }

  @Test("Steps from kept features equal steps from samples", arguments: TestDevice.all)
  func keptFeatures(device: TestDevice) throws {
    let scenario = Self.scenarios[3]
    let whole = try TrainingRun(scenario, on: device.open())
    let kept = try TrainingRun(scenario, on: device.open())
    let batch = try kept.batch(0)
    let bank = try #require(
      try kept.engine.featureBank(
        for: batch.signature, samples: batch.samples, memoryLimit: 0))
    #expect(bank.frontier.count == 2)
    #expect(bank.carried.map(\.name) == ["targets"])
    #expect(bank.isInFile)
    #expect(!bank.isComplete)
    try kept.engine.extract(batch, batchSize: 6, into: bank)
    #expect(bank.isComplete)
    for step in 0..<3 {
      let features = try bank.batch(of: batch.samples)
      let loss = try kept.engine.train(on: features, epoch: 1, batchSize: 6, rate: 0.01).loss
      let expected = try whole.step(0)
      #expect(abs(loss - expected) < 1e-5, "step \(step)")
    }
  }

  @Test("What a plan forecasts is what the device allocates", arguments: TestDevice.all, scenarios)
  func memoryIsAsPlanned(device: TestDevice, scenario: Scenario) throws {
    let device = try device.open()
    let before = device.allocatedByteCount
    let run = try TrainingRun(scenario, on: device)
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
      let run = try TrainingRun(Self.scenarios[0], on: CPUDevice(threadCount: threads))
      return try (0..<4).map { try run.step($0).bitPattern }
    }
    #expect(losses[0] == losses[1])
    #expect(losses[1] == losses[2])
  }
}
