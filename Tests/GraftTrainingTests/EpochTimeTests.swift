import Foundation
import Graft
import Testing

/// What an epoch's record says about time.
@Suite struct EpochTimeTests {
  /// Four samples of one number, each batch of which takes a while.
  private struct SlowFeed: SampleFeed {
    let seconds: Double
    let sampleCount = 4
    let targetWidth = 2

    func targets(of samples: [Int]) -> [Float] { samples.flatMap { _ in [1, 0] } }

    func batches(of samples: [[Int]], epoch: Int) -> any SampleBatches {
      Batches(seconds: seconds, order: samples[...])
    }

    private final class Batches: SampleBatches {
      let seconds: Double
      var order: ArraySlice<[Int]>

      init(seconds: Double, order: ArraySlice<[Int]>) {
        (self.seconds, self.order) = (seconds, order)
      }

      func withNext<Result>(
        _ body: (UnsafeBufferPointer<Float>) throws -> Result
      ) throws -> Result? {
        guard let samples = order.popFirst() else { return nil }
        Thread.sleep(forTimeInterval: seconds)
        return try samples.map(Float.init).withUnsafeBufferPointer(body)
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
