public import GraftTraining

/// Training as a sequence of events: each step is made when the next event is asked for, and
/// leaving the loop stops training after the current step.
///
/// ```swift
/// for try await event in try learner.training(photos, options: TrainingOptions(epochs: 5)) {
///   if case .epoch(let record) = event, record.training.loss < 0.01 { break }
/// }
/// ```
public struct TrainingRun: AsyncSequence {
  public typealias Element = TrainingEvent

  let loop: TrainingLoop
  let learner: Learner

  public func makeAsyncIterator() -> Iterator { Iterator(loop: loop, learner: learner) }

  public struct Iterator: AsyncIteratorProtocol {
    let loop: TrainingLoop
    let learner: Learner

    /// Makes the next step.
    ///
    /// - Throws: `CancellationError` where the task was cancelled; the parameters are then those
    ///   after the last step.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws -> TrainingEvent? {
      await Task.yield()
      try Task.checkCancellation()
      let event = try loop.next()
      if case .epoch(let record)? = event { learner.record(record) }
      return event
    }

    public mutating func next() async throws -> TrainingEvent? {
      try await next(isolation: nil)
    }
  }
}
