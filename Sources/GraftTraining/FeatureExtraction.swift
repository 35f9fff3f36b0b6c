/// Runs the frozen part of a model over all samples of some feeds, batch by batch.
final class FeatureExtraction {
  let total: Int
  private let engine: TrainingEngine
  private let batchSize: Int
  private var work: [(feed: any SampleFeed, bank: FeatureBank)]
  private var batches: (any SampleBatches)?
  private var order: [[Int]] = []
  private var position = 0
  private var count = 0

  init(
    engine: TrainingEngine, work: [(feed: any SampleFeed, bank: FeatureBank)], batchSize: Int
  ) {
    self.engine = engine
    self.work = work
    self.batchSize = batchSize
    total = work.reduce(0) { $0 + $1.feed.sampleCount }
  }

  /// Extracts one more batch and tells how many samples are done; `nil` when all are.
  func next() throws -> Int? {
    while let (feed, bank) = work.first {
      if batches == nil {
        order = feed.order(batchSize: batchSize, seed: nil, epoch: 0)
        position = 0
        batches = try feed.batches(of: order, epoch: 0)
      }
      guard position < order.count else {
        batches = nil
        work.removeFirst()
        continue
      }
      let indices = order[position]
      _ = try batches?.withNext {
        try engine.extract(
          StepBatch(.samples($0), of: indices), batchSize: batchSize, into: bank)
      }
      position += 1
      count += indices.count
      return count
    }
    return nil
  }
}
