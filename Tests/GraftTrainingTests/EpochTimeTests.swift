import Foundation
import Graft
import Testing

/// What an epoch's record says about time.
@Suite struct EpochTimeTests {
  /// Four samples of one number, each batch of which takes a while.
  private struct SlowFeed: BatchSource {
    let seconds: Double
    let sampleCount = 4
    let isRepeatable = true
    let signatures: [Signature] = [
      [TensorSpec("input", [1]), TensorSpec("targets", [2], kind: .target)]
    ]

    func batches(_ plan: [PlannedBatch], epoch: Int) -> any BatchIterator {
      GivenBatches(plan) { samples in
        Thread.sleep(forTimeInterval: seconds)
        return try .given(
          samples, samples.map(Float.init), targets: samples.flatMap { _ in [1, 0] as [Float] })
      }
    }
  }

  @Test func anEpochLastsUntilItsValidationIsDone() async throws {
    let model = Model(name: "small", inputSize: 1, inputChannels: 1) {
      Flatten()
      Dense(2)
    }
    let learner = try Learner(model, device: CPUDevice())
    let clock = ContinuousClock()
    let start = clock.now
    let history = try await learner.fit(
      on: SlowFeed(seconds: 0.02), validation: SlowFeed(seconds: 0.2),
      options: TrainingOptions(epochs: 1, batchSize: 2, featureCache: .off))
    let total = (clock.now - start) / .seconds(1)
    let record = try #require(history.last)
    #expect(record.seconds >= 0.44)
    #expect(record.seconds <= total)
    let trainingSeconds = 4 / record.samplesPerSecond
    #expect(trainingSeconds >= 0.04)
    #expect(trainingSeconds <= record.seconds - 0.4)
  }
}
