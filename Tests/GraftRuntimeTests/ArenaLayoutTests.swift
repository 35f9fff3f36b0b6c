import GraftRandom
import GraftRuntime
import Testing

@Suite struct ArenaLayoutTests {
  private func block(_ byteCount: Int, _ steps: ClosedRange<Int>) -> MemoryBlock {
    MemoryBlock(byteCount: byteCount, steps: steps, kind: .activations)
  }

  @Test func blocksThatLiveTogetherNeverOverlap() {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<50 {
      let blocks = (0..<60).map { _ in
        let first = Int(generator.next() % 40)
        return block(
          Int(generator.next() % 5000) + 1, first...(first + Int(generator.next() % 12)))
      }
      let layout = ArenaLayout(blocks, alignment: 64, largestChunk: 20_000)
      for (i, a) in layout.blocks.enumerated() {
        #expect(a.byteOffset % 64 == 0)
        #expect(a.byteOffset + a.byteCount <= layout.chunkByteCounts[a.chunk])
        for b in layout.blocks[(i + 1)...]
        where a.chunk == b.chunk && a.steps.overlaps(b.steps) {
          #expect(
            a.byteOffset + a.byteCount <= b.byteOffset
              || b.byteOffset + b.byteCount <= a.byteOffset)
        }
      }
      #expect(layout.chunkByteCounts.allSatisfy { $0 <= 20_000 })
    }
  }

  @Test func aChainOfEqualBlocksNeedsTwo() {
    let layout = ArenaLayout(
      (0..<10).map { block(640, $0...($0 + 1)) }, alignment: 64, largestChunk: 1 << 20)
    #expect(layout.chunkByteCounts == [1280])
    #expect(layout.lowerBoundByteCount == 1280)
  }

  @Test func aBlockLargerThanAChunkGetsOneOfItsOwn() {
    let layout = ArenaLayout(
      [block(5000, 0...1), block(100, 0...1)], alignment: 64, largestChunk: 1024)
    #expect(layout.chunkByteCounts.count == 2)
  }

  @Test func nothingNeedsNothing() {
    let layout = ArenaLayout([], alignment: 64, largestChunk: 1024)
    #expect(layout.chunkByteCounts.isEmpty)
    #expect(layout.lowerBoundByteCount == 0)
  }
}
