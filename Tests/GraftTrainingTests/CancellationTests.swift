import Foundation
import Graft
import Synchronization
import Testing

/// Where work runs, and how it ends when nobody wants it any more.
@Suite struct CancellationTests {
  /// Forty samples of three numbers, read one batch after the other; tells when each is read.
  private struct Watched: BatchSource {
    let base: ArraySource
    let willRead: @Sendable (Int) -> Void

    init(_ willRead: @escaping @Sendable (Int) -> Void) throws {
      base = try ArraySource(
        samples: (0..<120).map { Float($0 % 7) }, targets: (0..<80).map { Float($0 % 2) },
        sampleCount: 40)
      self.willRead = willRead
    }

    var sampleCount: Int { base.sampleCount }
    var signatures: [Signature] { base.signatures }
    var isRepeatable: Bool { false }
    func batches(_ plan: [PlannedBatch], epoch: Int) throws -> any BatchIterator {
      Iterator(base: base.batches(plan, epoch: epoch), willRead: willRead)
    }

    final class Iterator: BatchIterator {
      let base: any BatchIterator
      let willRead: @Sendable (Int) -> Void
      var count = 0

      init(base: any BatchIterator, willRead: @escaping @Sendable (Int) -> Void) {
        (self.base, self.willRead) = (base, willRead)
      }

      func next() throws -> Batch? {
        count += 1
        willRead(count)
        return try base.next()
      }
    }
  }

  private static func makeLearner() throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: Extent2D(1, 3), inputChannels: 1) {
      Flatten()
      Dense(2)
    }
    return try Learner(model, device: CPUDevice())
  }

  /// What a task throws that is cancelled when it reads its third batch, and how many it reads then.
  private static func cancelAtThird(
    _ body: @escaping @Sendable (any BatchSource) async throws -> Void
  ) async throws -> (any Error, Int) {
    let started = Mutex<Task<Void, any Error>?>(nil)
    let read = Mutex(0)
    let source = try Watched { count in
      read.withLock { $0 += 1 }
      if count == 3 { started.withLock { $0?.cancel() } }
    }
    let task = started.withLock { started in
      let task = Task { try await body(source) }
      started = task
      return task
    }
    let error = await #expect(throws: (any Error).self) { try await task.value }
    return (try #require(error), read.withLock { $0 })
  }

  @Test func evaluationEndsWithinABatch() async throws {
    let (error, count) = try await Self.cancelAtThird {
      _ = try await Self.makeLearner().evaluate(on: $0, batchSize: 4)
    }
    #expect(error is CancellationError)
    #expect(count == 3)
  }

  @Test func predictionEndsWithinABatch() async throws {
    let (error, count) = try await Self.cancelAtThird {
      _ = try await Self.makeLearner().predict($0, batchSize: 4)
    }
    #expect(error is CancellationError)
    #expect(count == 3)
  }

  @Test func trainingEndsWithinAStep() async throws {
    let (error, count) = try await Self.cancelAtThird {
      try await Self.makeLearner().fit(on: $0, options: TrainingOptions(batchSize: 4))
    }
    #expect(error is CancellationError)
    #expect(count == 3)
  }

  /// Training reads all of its own batches, and only then those of the validation.
  @Test func validationEndsWithinABatch() async throws {
    let (error, count) = try await Self.cancelAtThird {
      let training = try Watched { _ in }
      try await Self.makeLearner().fit(
        on: training, validation: $0, options: TrainingOptions(batchSize: 4))
    }
    #expect(error is CancellationError)
    #expect(count == 3)
  }

  @MainActor @Test func workLeavesTheCallersThreadAlone() async throws {
    let wasOnMain = Mutex(false)
    let source = try Watched { _ in
      if Thread.isMainThread { wasOnMain.withLock { $0 = true } }
    }
    let learner = try Self.makeLearner()
    try await learner.fit(on: source, options: TrainingOptions(epochs: 1, batchSize: 4))
    _ = try await learner.evaluate(on: source)
    _ = try await learner.predict(source)
    let wasDisturbed = wasOnMain.withLock { $0 }
    #expect(!wasDisturbed)
  }
}
