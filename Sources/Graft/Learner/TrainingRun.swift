import GraftRuntime
public import GraftTraining

/// Training as a sequence of events: each step is made when the next event is asked for, and
/// leaving the loop stops training after the current step.
///
/// ```swift
/// for try await event in try learner.training(on: photos, options: TrainingOptions(epochs: 5)) {
///   if case .epoch(let record) = event, record.training.loss < 0.1 { learner.optimizer.rate = 1e-4 }
/// }
/// ```
///
/// The learner's settings are read before each step. Where other layers train than before, those that
/// are trained anew begin with a fresh state of the optimizer, and features kept of frozen layers are
/// computed again.
public struct TrainingRun: AsyncSequence {
  public typealias Element = TrainingEvent

  let loop: TrainingLoop
  let turns: DeviceQueue
  /// What trains and how, as the learner has it now.
  let settings: () throws -> TrainingConfiguration
  /// Keeps what happened in an epoch.
  let record: (EpochRecord) -> Void

  /// Ends training now, as leaving the loop does, and with ``TrainingOptions/keepsBest`` puts the
  /// values of the best epoch back.
  public func end(isolation: isolated (any Actor)? = #isolation) async throws {
    let loop = loop
    try await turns.run { try loop.end() }
  }

  /// The epoch with the least validation loss so far and that loss; `nil` where there is none yet.
  /// With ``TrainingOptions/keepsBest``, the one whose values the model has at the end.
  public var best: BestEpoch? { loop.best }

  /// An iterator that goes on where training stands.
  public func makeAsyncIterator() -> Iterator { Iterator(run: self) }

  /// Makes a training step for each event that is asked for.
  public struct Iterator: AsyncIteratorProtocol {
    let run: TrainingRun

    /// Makes the next step, on the device's thread.
    ///
    /// - Throws: `CancellationError` where the task was cancelled; the parameters are then those
    ///   after the last step.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws -> TrainingEvent? {
      let (loop, settings) = (run.loop, try run.settings())
      let event = try await run.turns.run { try loop.next(settings) }
      if case .epoch(let epoch)? = event { run.record(epoch) }
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
