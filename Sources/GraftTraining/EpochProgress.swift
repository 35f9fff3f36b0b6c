import GraftData

/// One pass over the training samples.
final class EpochProgress {
  let number: Int
  private(set) var rate: Float = 0
  private let plan: [PlannedBatch]
  private var ahead: BatchAhead
  private let readsAhead: Bool
  private let batchSize: Int
  private let counter: MetricRun
  private var position = 0
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var end: ContinuousClock.Instant

  /// - Parameter readsAhead: Whether the device takes inputs while it works.
  init(
    number: Int, plan: [PlannedBatch], source: any BatchSource, readsAhead: Bool, batchSize: Int,
    metrics: [any Metric]
  ) throws {
    self.number = number
    self.plan = plan
    self.readsAhead = readsAhead
    self.batchSize = batchSize
    ahead = BatchAhead(try source.batches(plan, epoch: number))
    counter = MetricRun(metrics)
    start = clock.now
    end = start
  }

  /// Takes the batches of the steps that are left from another source of the same samples.
  func goOn(with source: any BatchSource) throws {
    ahead = BatchAhead(try source.batches(Array(plan[position...]), epoch: number))
  }

  /// Counts other metrics from the next step on.
  func count(_ metrics: [any Metric]) { counter.count(metrics) }

  /// Loss and metrics since the epoch began.
  var metrics: Metrics { counter.metrics }
  /// Wall time from the beginning of the epoch to the end of the last step.
  var trainingSeconds: Double { (end - start) / .seconds(1) }
  /// Wall time from the beginning of the epoch until now.
  var seconds: Double { (clock.now - start) / .seconds(1) }

  /// Training samples a second so far.
  var samplesPerSecond: Double {
    trainingSeconds > 0 ? Double(metrics.sampleCount) / trainingSeconds : 0
  }

  /// Makes the next step; `nil` after the last.
  func next(_ loop: TrainingLoop) throws -> StepRecord? {
    guard position < plan.count, let (batch, wasSent) = try ahead.take() else { return nil }
    rate = loop.advance(stepsPerEpoch: plan.count)
    let result = try loop.engine.train(
      on: batch, epoch: number, batchSize: batchSize, rate: rate, wasSent: wasSent
    ) {
      guard readsAhead, position + 1 < plan.count else { return }
      ahead.readAhead { try loop.engine.send($0, batchSize: batchSize) }
    }
    position += 1
    counter.add(result, of: batch)
    end = clock.now
    return StepRecord(
      epoch: number, step: position, stepCount: plan.count, loss: result.loss,
      running: counter.metrics, samplesPerSecond: samplesPerSecond)
  }
}
