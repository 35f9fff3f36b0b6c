/// A token and where it stands in its text, in scalars.
struct TextPiece {
  var id: Int32
  var range: Range<Int>
}

/// What stands around a text, or around and between the texts of a pair.
struct TokenFraming: Hashable, Sendable {
  var first: Int32
  var separator: Int32
  /// How many separators stand between the texts of a pair: 1 for BERT, 2 for RoBERTa.
  var betweenCount: Int
  /// What tells tokens of a second text: 1 for BERT, 0 where texts aren't told apart.
  var secondType: Int32

  func count(isPair: Bool) -> Int { isPair ? 2 + betweenCount : 2 }

  /// The framed tokens of a text or of a pair.
  func framed(_ texts: [ArraySlice<TextPiece>]) -> TokenizedText {
    var result = TokenizedText()
    result.append(first, type: 0, offsets: 0..<0, text: nil)
    for (index, pieces) in texts.enumerated() {
      let type = index == 0 ? 0 : secondType
      if index > 0 {
        for _ in 1..<betweenCount {
          result.append(separator, type: type, offsets: 0..<0, text: nil)
        }
      }
      for piece in pieces {
        result.append(piece.id, type: type, offsets: piece.range, text: index)
      }
      result.append(separator, type: type, offsets: 0..<0, text: nil)
    }
    return result
  }

  /// The framed tokens of a text or of a pair, shortened where they are more than `longest`.
  func tokenize(_ texts: [[TextPiece]], longest: Int, truncation: Truncation) -> TokenizedText {
    let room = max(0, longest - count(isPair: texts.count > 1))
    let counts = truncation.counts(texts.map(\.count), room: room)
    return framed(zip(texts, counts).map { $0.prefix($1) })
  }
}

extension Truncation {
  /// How many tokens of each text stay where there is room for `room` in all.
  func counts(_ counts: [Int], room: Int) -> [Int] {
    guard counts.reduce(0, +) > room else { return counts }
    guard counts.count == 2 else { return counts.map { min($0, room) } }
    switch self {
    case .onlySecond: return [min(counts[0], room), max(0, min(counts[1], room - counts[0]))]
    case .longestFirst:
      let shorter = min(counts[0], counts[1])
      var kept = (shorter, max(shorter, room - shorter))
      if shorter > room || kept.0 + kept.1 > room { kept = (room / 2, room / 2 + room % 2) }
      return counts[0] > counts[1] ? [kept.1, kept.0] : [kept.0, kept.1]
    }
  }
}
