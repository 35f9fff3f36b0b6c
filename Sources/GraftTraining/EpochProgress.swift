/// One pass over the training samples.
final class EpochProgress {
  let number: Int
  private(set) var metrics: MetricsAccumulator
  private(set) var rate: Float = 0
  private let order: [[Int]]
  private let feed: any SampleFeed
  private let bank: FeatureBank?
  private let batches: (any SampleBatches)?
  /// In place of `batches` where the device takes inputs while it works.
  private let ahead: BatchAhead?
  private let batchSize: Int
  private var position = 0
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var end: ContinuousClock.Instant

  init(
    number: Int, order: [[Int]], feed: any SampleFeed, bank: FeatureBank?,
    batches: (any SampleBatches)?, readsAhead: Bool, batchSize: Int, loss: Loss
  ) {
    self.number = number
    self.order = order
    self.feed = feed
    self.bank = bank
    self.batches = batches
    ahead = readsAhead ? batches.map(BatchAhead.init) : nil
    self.batchSize = batchSize
    metrics = MetricsAccumulator(loss: loss)
    start = clock.now
    end = start
  }

  /// Wall time from the beginning of the epoch to the end of the last step.
  var trainingSeconds: Double { (end - start) / .seconds(1) }
  /// Wall time from the beginning of the epoch until now.
  var seconds: Double { (clock.now - start) / .seconds(1) }

  /// Training samples a second so far.
  var samplesPerSecond: Double {
    trainingSeconds > 0 ? Double(metrics.metrics.sampleCount) / trainingSeconds : 0
  }

  /// Makes the next step; `nil` after the last.
  func next(_ loop: TrainingLoop) throws -> StepRecord? {
    guard position < order.count else { return nil }
    let samples = order[position]
    if let bank { return try step(.features(bank), samples, loop) }
    guard let ahead else {
      return try batches?.withNext { try step(.samples($0), samples, loop) }
    }
    return try ahead.withNext { values, wasSent in
      try step(.samples(values), samples, loop, wasSent: wasSent) { sendNext(ahead, loop) }
    }
  }

  private func sendNext(_ ahead: BatchAhead, _ loop: TrainingLoop) {
    guard position + 1 < order.count else { return }
    let count = order[position + 1].count
    ahead.readAhead { try loop.engine.send($0, count: count, batchSize: batchSize) }
  }

  private func step(
    _ source: StepBatch.Source, _ samples: [Int], _ loop: TrainingLoop,
    wasSent: Bool = false, meanwhile: () -> Void = {}
  ) throws -> StepRecord {
    let (targets, weights) = (feed.targets(of: samples), feed.weights(of: samples))
    let batch = StepBatch(
      source, of: samples, identities: samples.map(feed.identity), targets: targets,
      weights: weights)
    rate = loop.advance(stepsPerEpoch: order.count)
    let (loss, scores) = try loop.engine.train(
      on: batch, epoch: number, batchSize: batchSize, rate: rate, wasSent: wasSent,
      meanwhile: meanwhile)
    position += 1
    metrics.add(
      batchLoss: loss, scores: scores, targets: targets, weights: weights, count: samples.count,
      width: targets.count / max(samples.count, 1))
    end = clock.now
    let running = metrics.metrics
    return StepRecord(
      epoch: number, step: position, stepCount: order.count, loss: loss, running: running,
      samplesPerSecond: samplesPerSecond)
  }
}
