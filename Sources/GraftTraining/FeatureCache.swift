import GraftData
import GraftGraph

/// The samples of a source as a frozen extractor left them: what epochs after the extraction read.
///
/// Unchecked: filled by one extraction before anyone reads, and read by one training loop.
final class FeatureCache: BatchSource, @unchecked Sendable {
  let source: any BatchSource
  /// One for each signature of the source; `nil` where no sample has it.
  private let banks: [FeatureBank?]

  init(_ source: any BatchSource, banks: [FeatureBank?]) {
    (self.source, self.banks) = (source, banks)
  }

  var sampleCount: Int { source.sampleCount }
  var isRepeatable: Bool { true }
  var signatures: [Signature] {
    zip(source.signatures, banks).map { $1?.signature ?? $0 }
  }

  /// Where the features of samples of a signature are kept.
  func bank(ofSignature position: Int) -> FeatureBank? { banks[position] }

  func plan(_ order: BatchOrder, size: Int, epoch: Int) throws -> [PlannedBatch] {
    try source.plan(order, size: size, epoch: epoch)
  }

  func batches(_ plan: [PlannedBatch], epoch: Int) throws -> any BatchIterator {
    Batches(self, plan)
  }

  private final class Batches: BatchIterator {
    private let cache: FeatureCache
    private let plan: [PlannedBatch]
    private let capacity: Int
    private var position = 0
    private var memories: [Int: BatchMemories] = [:]

    init(_ cache: FeatureCache, _ plan: [PlannedBatch]) {
      (self.cache, self.plan) = (cache, plan)
      capacity = plan.map(\.samples.count).max() ?? 1
    }

    func next() throws -> Batch? {
      guard position < plan.count else { return nil }
      defer { position += 1 }
      let planned = plan[position]
      guard let bank = cache.banks[planned.signature] else { return nil }
      let known = memories[planned.signature]
      let memory =
        known
        ?? BatchMemories(bank.signature, of: bank.origin, capacity: capacity)
      memories[planned.signature] = memory
      return try bank.batch(of: planned.samples, position: position, in: memory)
    }
  }
}
