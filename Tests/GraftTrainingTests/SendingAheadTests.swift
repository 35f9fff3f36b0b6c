import Graft
import Testing

/// Batches that go to a device while it works on the one before, as they do to GPUs.
@Suite(.enabled(if: !TestDevice.openCL.isEmpty, TestDevice.absence))
struct SendingAheadTests {
  /// An OpenCL device as if it were a GPU.
  private func open() throws -> OpenCLDevice {
    let description = try #require(try OpenCLDevice.all().first)
    return try OpenCLDevice(description, treatedAs: .gpu)
  }

  /// Losses of two epochs over 23 samples in batches of 6, and the samples of each batch.
  private func train(
    _ run: TrainingRun, _ feed: FixtureFeed, after step: (Int) throws -> Void = { _ in }
  ) throws -> [Float] {
    let loop = try TrainingLoop(
      engine: run.engine, configuration: run.configuration,
      options: TrainingOptions(epochs: 2, batchSize: 6, featureCache: .off), training: feed,
      validation: nil, seed: 3)
    var losses: [Float] = []
    while let event = try loop.next() {
      guard case .step(let record) = event else { continue }
      losses.append(record.loss)
      try step(losses.count)
    }
    return losses
  }

  /// The same steps one by one, each batch sent when it is its turn.
  private func replay(_ run: TrainingRun, _ feed: FixtureFeed) throws -> [Float] {
    try feed.orders.flatMap { $0 }.map { samples in
      try run.engine.train(
        on: feed.batch(of: samples), epoch: 1, batchSize: 6,
        rate: run.configuration.optimizer.rate
      ).loss
    }
  }

  @Test(
    "Training is the same, bit for bit",
    arguments: [TrainingRunTests.scenarios[0], TrainingRunTests.scenarios[1]])
  func trainsTheSame(scenario: TrainingRunTests.Scenario) throws {
    let device = try open()
    let run = try TrainingRun(scenario, on: device)
    #expect(run.engine.session.takesInputsAhead)
    let feed = try FixtureFeed(run)
    // Another run between two steps uses the same arena.
    let losses = try train(run, feed) { step in
      guard step == 2 else { return }
      _ = try run.engine.predict(feed.batch(of: [7, 5]), batchSize: 6)
    }
    #expect(losses.count == 8)
    let other = try TrainingRun(scenario, on: device)
    let expected = try replay(other, feed)
    #expect(losses.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test func whatIsLostIsSentAgain() throws {
    let run = try TrainingRun(TrainingRunTests.scenarios[4], on: open())
    let feed = try FixtureFeed(run)
    let losses = try train(run, feed) { if $0 == 3 { try run.engine.reset() } }
    let other = try TrainingRun(TrainingRunTests.scenarios[4], on: open())
    let expected = try replay(other, feed)
    // Momentum starts anew after the reset: up to there the losses are the same, and then finite.
    #expect(losses.prefix(4).map(\.bitPattern) == expected.prefix(4).map(\.bitPattern))
    #expect(losses.allSatisfy { $0.isFinite })
  }

  @Test func anErrorWaitsForItsStep() throws {
    let run = try TrainingRun(TrainingRunTests.scenarios[1], on: open())
    let feed = try FixtureFeed(run)
    feed.failingBatch = 2
    var stepCount = 0
    #expect(throws: FixtureFeed.Failure.self) { _ = try train(run, feed) { stepCount = $0 } }
    #expect(stepCount == 2)
  }

  @Test func memoryIsAsPlanned() throws {
    let device = try open()
    let before = device.allocatedByteCount
    let run = try TrainingRun(TrainingRunTests.scenarios[1], on: device)
    let report = try run.engine.forecast(batchSize: 6)
    #expect(report.sentByteCount == 6 * 12 * 12 * 3 * 4)
    _ = try run.step(0)
    #expect(device.allocatedByteCount - before == report.totalByteCount)
  }
}

/// 23 of the fixture's samples.
private final class FixtureFeed: BatchSource, @unchecked Sendable {
  struct Failure: Error {}

  let sampleCount = 23
  let isRepeatable = true
  let signatures: [Signature] = [
    [TensorSpec("input", [12 * 12 * 3]), TensorSpec("targets", [5], kind: .target)]
  ]
  /// The samples of the batches of each epoch.
  private(set) var orders: [[[Int]]] = []
  /// The batch of each epoch that can't be read, from 0.
  var failingBatch: Int?
  private let inputs: [Float]
  private let labels: [Float]

  init(_ run: TrainingRun) throws {
    inputs = try run.fixture.values("inputs")
    labels = try run.fixture.values("labels")
  }

  func batch(of samples: [Int]) throws -> Batch {
    let size = inputs.count / 24
    return try .given(
      samples, samples.flatMap { inputs[$0 * size..<($0 + 1) * size] },
      targets: samples.flatMap { sample in
        (0..<5).map { Float($0) == labels[sample] ? 1 : 0 }
      })
  }

  func batches(_ plan: [PlannedBatch], epoch: Int) -> any BatchIterator {
    orders.append(plan.map(\.samples))
    var position = 0
    return GivenBatches(plan) { samples in
      defer { position += 1 }
      if position == self.failingBatch { throw Failure() }
      return try self.batch(of: samples)
    }
  }
}
