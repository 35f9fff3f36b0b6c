import GraftRandom

/// In which order an epoch visits the samples: a pure function of its values and the epoch, the same
/// on every platform.
public struct SampleOrder: Hashable, Sendable {
  /// Nil visits the samples as they are listed; otherwise each epoch shuffles them anew.
  public var shuffleSeed: UInt64?
  /// This process's place among those that share the data.
  public var rank: Int
  /// How many processes share the data.
  public var rankCount: Int

  /// An order for one of the processes that share the data.
  ///
  /// - Parameters:
  ///   - shuffleSeed: Decides the order of each epoch; `nil` visits the samples as they are listed.
  ///   - rank: This process's place, from 0.
  ///   - rankCount: How many processes there are, at least 1.
  public init(shuffleSeed: UInt64? = nil, rank: Int = 0, rankCount: Int = 1) {
    precondition(rankCount > 0 && (0..<rankCount).contains(rank), "the rank is one of the ranks")
    self.shuffleSeed = shuffleSeed
    self.rank = rank
    self.rankCount = rankCount
  }

  /// The samples as they are numbered.
  public static let sequential = SampleOrder()

  /// Another order in every epoch, by seed and epoch alone.
  public static func shuffled(seed: UInt64) -> SampleOrder {
    SampleOrder(shuffleSeed: seed)
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
    if let shuffleSeed {
      let epoch = UInt64(bitPattern: Int64(epoch)) &+ 1
      var random = SplitMix64(seed: shuffleSeed ^ (epoch &* 0xd134_2543_de82_ef95))
      random.permute(&whole)
    }
    return (0..<count(of: sampleCount)).map { whole[(rank + $0 * rankCount) % sampleCount] }
  }
}
