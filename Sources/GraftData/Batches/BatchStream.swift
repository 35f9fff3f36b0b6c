/// The batches of one epoch, in order: a plain iterator that waits, or an asynchronous sequence.
///
/// Letting go of the stream, or cancelling the task that iterates it, ends the preparation.
public final class BatchStream: AsyncSequence, BatchIterator, Sendable {
  public typealias Element = Batch

  private let production: BatchProduction

  init(_ production: BatchProduction) {
    self.production = production
    production.start()
  }

  deinit {
    production.cancel()
  }

  /// Waits for the next batch.
  ///
  /// - Returns: nil behind the last batch.
  /// - Throws: the error of the first sample that could not be prepared, with its file;
  ///   `CancellationError` after `cancel`; `BatchLoaderError.allBatchesHeld`.
  public func next() throws -> Batch? {
    try production.waitForNext()
  }

  /// Ends the preparation; whoever waits gets a `CancellationError`.
  public func cancel() {
    production.cancel()
  }

  /// The batches from the next one on, for `for try await`.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(stream: self)
  }

  /// Hands out a stream's batches one after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let stream: BatchStream

    /// Suspends until the next batch is there; throws as `BatchStream.next` does.
    public func next() async throws -> Batch? {
      let production = stream.production
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { production.deliverNext(to: $0) }
      } onCancel: {
        production.cancel()
      }
    }
  }
}
