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
  /// Keeps what happened in an epoch.
  let record: (EpochRecord) -> Void

  /// Ends training now, as leaving the loop does, and with ``TrainingOptions/keepsBest`` puts the
  /// values of the best epoch back.
  public func end() throws { try loop.end() }

  /// The epoch with the least validation loss so far and that loss; `nil` where there is none yet.
  /// With ``TrainingOptions/keepsBest``, the one whose values the model has at the end.
  public var best: BestEpoch? { loop.best }

  /// An iterator that goes on where training stands.
  public func makeAsyncIterator() -> Iterator { Iterator(loop: loop, record: record) }

  /// Makes a training step for each event that is asked for.
  public struct Iterator: AsyncIteratorProtocol {
    let loop: TrainingLoop
    let record: (EpochRecord) -> Void

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
      if case .epoch(let epoch)? = event { record(epoch) }
      return event
    }

    /// Makes the next step, from wherever it is called.
    ///
    /// - Throws: As ``next(isolation:)`` does.
    public mutating func next() async throws -> TrainingEvent? {
      try await next(isolation: nil)
    }
  }
}
