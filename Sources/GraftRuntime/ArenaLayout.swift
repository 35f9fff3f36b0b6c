/// Memory that is needed during some of the steps of a run.
package struct MemoryBlock {
  package var byteCount: Int
  /// The first and the last step that need it.
  package var steps: ClosedRange<Int>
  package var kind: MemoryKind
  package var chunk = 0
  package var byteOffset = 0

  package init(byteCount: Int, steps: ClosedRange<Int>, kind: MemoryKind) {
    self.byteCount = byteCount
    self.steps = steps
    self.kind = kind
  }
}

/// Places blocks whose steps overlap side by side, and lets all others share.
///
/// Each block goes to the lowest free offset; of several orders the one that needs least is kept, and
/// blocks that stick out are then tried first.
/// Largest first is close to the lower bound on most networks; where many blocks grow over time, as
/// in DenseNet, putting long-lived ones or whole areas first is closer.
package struct ArenaLayout {
  package private(set) var blocks: [MemoryBlock]
  package private(set) var chunkByteCounts: [Int] = []

  package init(_ blocks: [MemoryBlock], alignment: Int, largestChunk: Int) {
    func layout(_ order: [Int]) -> ArenaLayout {
      ArenaLayout(blocks, order: order, alignment: alignment, largestChunk: largestChunk)
    }
    func order(_ rank: (MemoryBlock) -> (Int, Int)) -> [Int] {
      let ranks = blocks.map(rank)
      return blocks.indices.sorted {
        ranks[$0] != ranks[$1] ? ranks[$0] > ranks[$1] : $0 < $1
      }
    }
    var best = order { ($0.byteCount, 0) }
    self = layout(best)
    let enough = lowerBoundByteCount + lowerBoundByteCount / 100
    let others: [(MemoryBlock) -> (Int, Int)] = [
      { ($0.byteCount * $0.steps.count, $0.byteCount) }, { ($0.steps.count, $0.byteCount) },
      { (-$0.steps.lowerBound, $0.byteCount) }, { ($0.steps.upperBound, $0.byteCount) },
    ]
    for rank in others where byteCount > enough {
      let order = order(rank)
      let other = layout(order)
      if other.byteCount < byteCount { (self, best) = (other, order) }
    }
    // The block that reaches highest came too late: let it choose first.
    var (order, latest) = (best, self)
    for _ in 0..<Self.promotionCount where byteCount > enough {
      guard let highest = latest.highestBlock else { break }
      order.removeAll { $0 == highest }
      order.insert(highest, at: 0)
      latest = layout(order)
      if latest.byteCount < byteCount { self = latest }
    }
  }

  private static let promotionCount = 24

  /// The block that ends where the largest chunk does.
  private var highestBlock: Int? {
    blocks.indices.max { end(of: $0) < end(of: $1) }
  }

  private func end(of index: Int) -> Int { blocks[index].byteOffset + blocks[index].byteCount }

  /// The size of all chunks.
  private var byteCount: Int { chunkByteCounts.reduce(0, +) }

  /// Places the blocks in the given order.
  private init(_ blocks: [MemoryBlock], order: [Int], alignment: Int, largestChunk: Int) {
    self.blocks = blocks
    var placed: [[Int]] = []
    for index in order {
      let size = (blocks[index].byteCount + alignment - 1) / alignment * alignment
      var chunk = 0
      while true {
        if chunk == placed.count {
          placed.append([])
          chunkByteCounts.append(0)
        }
        let offset = lowestOffset(for: index, size: size, among: placed[chunk], alignment)
        if offset + size <= largestChunk || placed[chunk].isEmpty {
          self.blocks[index].chunk = chunk
          self.blocks[index].byteOffset = offset
          placed[chunk].append(index)
          chunkByteCounts[chunk] = max(chunkByteCounts[chunk], offset + size)
          break
        }
        chunk += 1
      }
    }
  }

  /// The largest sum of bytes that are needed at one time: no layout can do with less.
  package var lowerBoundByteCount: Int { peak.byteCount }

  /// The step at which most bytes are needed, and how many.
  package var peak: (step: Int, byteCount: Int) {
    var change: [Int: Int] = [:]
    for block in blocks {
      change[block.steps.lowerBound, default: 0] += block.byteCount
      change[block.steps.upperBound + 1, default: 0] -= block.byteCount
    }
    var (current, best) = (0, (step: 0, byteCount: 0))
    for step in change.keys.sorted() {
      current += change[step] ?? 0
      if current > best.byteCount { best = (step, current) }
    }
    return best
  }

  private func lowestOffset(
    for index: Int, size: Int, among placed: [Int], _ alignment: Int
  ) -> Int {
    let overlapping = placed.filter { blocks[$0].steps.overlaps(blocks[index].steps) }
      .sorted { blocks[$0].byteOffset < blocks[$1].byteOffset }
    var offset = 0
    for other in overlapping {
      if offset + size <= blocks[other].byteOffset { break }
      let end = blocks[other].byteOffset + blocks[other].byteCount
      offset = max(offset, (end + alignment - 1) / alignment * alignment)
    }
    return offset
  }
}
