import GraftRandom

/// In which order an epoch visits the samples, and which of them form which batch: a pure function of its
/// values and the epoch, the same on every platform.
public struct BatchOrder: Hashable, Codable, Sendable {
  /// Nil visits the samples as they are listed; otherwise each epoch shuffles them anew.
  public var seed: UInt64?
  /// This process's place among those that share the data.
  public var rank: Int
  /// How many processes share the data.
  public var rankCount: Int

  /// An order for one of the processes that share the data.
  ///
  /// - Parameters:
  ///   - seed: Decides the order of each epoch; `nil` visits the samples as they are listed.
  ///   - rank: This process's place, from 0.
  ///   - rankCount: How many processes there are, at least 1.
  public init(seed: UInt64? = nil, rank: Int = 0, rankCount: Int = 1) {
    precondition(rankCount > 0 && (0..<rankCount).contains(rank), "the rank is one of the ranks")
    self.seed = seed
    self.rank = rank
    self.rankCount = rankCount
  }

  /// The samples as they are numbered.
  public static let sequential = BatchOrder()

  /// Another order in every epoch, by seed and epoch alone.
  public static func shuffled(seed: UInt64) -> BatchOrder {
    BatchOrder(seed: seed)
  }

  /// The number of samples that each rank visits: the same for all, so that they keep step.
  public func count(of sampleCount: Int) -> Int {
    (sampleCount + rankCount - 1) / rankCount
  }

  /// The samples that this rank visits: every `rankCount`-th of the whole order, which begins anew
  /// where it does not divide evenly.
  public func indices(count sampleCount: Int, epoch: Int) -> [Int] {
    guard sampleCount > 0 else { return [] }
    var whole = Array(0..<sampleCount)
    if let seed {
      let epoch = UInt64(bitPattern: Int64(epoch)) &+ 1
      var random = SplitMix64(seed: seed ^ (epoch &* 0xd134_2543_de82_ef95))
      random.permute(&whole)
    }
    return (0..<count(of: sampleCount)).map { whole[(rank + $0 * rankCount) % sampleCount] }
  }

  /// The batches of an epoch: samples of one signature each, in the order in which they fill.
  ///
  /// - Parameters:
  ///   - sampleCount: How many samples there are.
  ///   - size: Samples in a batch; the last one of each signature may have fewer.
  ///   - signatures: The position of each sample's signature among its source's; empty where all have the
  ///     first.
  public func batches(
    of sampleCount: Int, size: Int, epoch: Int, signatures: [Int] = []
  ) -> [PlannedBatch] {
    var filling: [Int: [Int]] = [:]
    var batches: [PlannedBatch] = []
    for sample in indices(count: sampleCount, epoch: epoch) {
      let signature = signatures.isEmpty ? 0 : signatures[sample]
      filling[signature, default: []].append(sample)
      if let samples = filling[signature], samples.count == size {
        batches.append(PlannedBatch(samples, signature: signature))
        filling[signature] = nil
      }
    }
    for (signature, samples) in filling.sorted(by: { $0.key < $1.key }) {
      batches.append(PlannedBatch(samples, signature: signature))
    }
    return batches
  }
}

/// Which samples a batch will hold.
public struct PlannedBatch: Hashable, Sendable {
  /// Positions of samples in their source, from 0.
  public var samples: [Int]
  /// The position of their signature among the source's.
  public var signature: Int

  /// A batch of samples of one signature.
  public init(_ samples: [Int], signature: Int = 0) {
    (self.samples, self.signature) = (samples, signature)
  }
}
