extension BytePairTokenizer {
  /// A token that a word's bytes are joined to, and which bytes these are.
  struct Part {
    var id: Int32
    var first: Int
    var count: Int
  }

  /// The tokens that a word's bytes are joined to: of all pairs that may be joined, the first one learned
  /// is, the leftmost of several.
  ///
  /// Takes n log n steps for n bytes, since a word may be a whole text without spaces.
  func joined(_ word: [UInt8]) -> [Part] {
    var parts = word.indices.map { Part(id: id(of: word[$0]), first: $0, count: 1) }
    // A part that was joined to the one before has no bytes; the part after one begins where it ends, and
    // the part before one is noted.
    var before = word.indices.map { $0 - 1 }
    var candidates = Candidates()
    func consider(_ index: Int) {
      guard index >= 0 else { return }
      let next = index + parts[index].count
      guard next < parts.count, let join = join(parts[index].id, parts[next].id) else { return }
      candidates.insert(
        Candidate(
          rank: join.rank, index: index, id: join.id,
          count: parts[index].count + parts[next].count, nextCount: parts[next].count))
    }
    word.indices.forEach(consider)
    while let best = candidates.removeFirst() {
      let own = parts[best.index]
      let next = best.index + own.count
      // What was joined meanwhile is no candidate any more.
      guard own.count > 0, own.count + best.nextCount == best.count, next < parts.count,
        parts[next].count == best.nextCount, join(own.id, parts[next].id)?.id == best.id
      else { continue }
      parts[best.index] = Part(id: best.id, first: own.first, count: best.count)
      parts[next].count = 0
      let after = best.index + best.count
      if after < before.count { before[after] = best.index }
      consider(before[best.index])
      consider(best.index)
    }
    return parts.filter { $0.count > 0 }
  }
}

/// A pair that may be joined.
private struct Candidate {
  var rank: Int
  var index: Int
  var id: Int32
  /// The bytes of both and of the second.
  var count: Int
  var nextCount: Int

  static func < (first: Candidate, second: Candidate) -> Bool {
    (first.rank, first.index) < (second.rank, second.index)
  }
}

/// A binary heap of candidates.
private struct Candidates {
  private var heap: [Candidate] = []

  mutating func insert(_ candidate: Candidate) {
    heap.append(candidate)
    var index = heap.count - 1
    while index > 0, heap[index] < heap[(index - 1) / 2] {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func removeFirst() -> Candidate? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var index = 0
      while let child = [2 * index + 1, 2 * index + 2].filter({ $0 < heap.count })
        .min(by: { heap[$0] < heap[$1] }), heap[child] < heap[index]
      {
        heap.swapAt(index, child)
        index = child
      }
    }
    return first
  }
}
