import GraftData

/// Runs the frozen part of a model over all samples of some sources, batch by batch.
final class FeatureExtraction {
  let total: Int
  private let engine: TrainingEngine
  private let batchSize: Int
  private var work: [FeatureCache]
  private var batches: (any BatchIterator)?
  private var plan: [PlannedBatch] = []
  private var position = 0
  private var count = 0

  init(engine: TrainingEngine, work: [FeatureCache], batchSize: Int) {
    self.engine = engine
    self.work = work
    self.batchSize = batchSize
    total = work.reduce(0) { $0 + $1.sampleCount }
  }

  /// Extracts one more batch and tells how many samples are done; `nil` when all are.
  func next() throws -> Int? {
    while let cache = work.first {
      if batches == nil {
        plan = try cache.source.plan(.sequential, size: batchSize, epoch: 0)
        position = 0
        batches = try cache.source.batches(plan, epoch: 0)
      }
      guard position < plan.count, let batch = try batches?.next() else {
        batches = nil
        work.removeFirst()
        continue
      }
      if let bank = cache.bank(ofSignature: plan[position].signature) {
        try engine.extract(batch, batchSize: batchSize, into: bank)
      }
      position += 1
      count += batch.count
      return count
    }
    return nil
  }
}
