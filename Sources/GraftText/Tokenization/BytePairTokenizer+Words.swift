extension BytePairTokenizer {
  /// The tokens of a text, without what frames it.
  func pieces(of text: String) -> [TextPiece] {
    let scalars = Array(text.unicodeScalars)
    var pieces: [TextPiece] = []
    var (start, place) = (0, 0)
    while place < scalars.count {
      let isBeginning = specialTokens.contains { $0.scalars.first == scalars[place] }
      let found =
        isBeginning
        ? specialTokens.filter { scalars[place...].starts(with: $0.scalars) }
          .max { $0.scalars.count < $1.scalars.count } : nil
      guard let found else {
        place += 1
        continue
      }
      // White space before a mask is the mask's.
      var first = place
      while found.isMask, first > start, TextClasses.isSpace(scalars[first - 1]) { first -= 1 }
      addPieces(of: scalars, start..<first, to: &pieces)
      var range = first..<place + found.scalars.count
      if options.trimsOffsets { trim(&range, leadingCount: place - first) }
      pieces.append(TextPiece(id: found.id, range: range))
      place += found.scalars.count
      start = place
    }
    addPieces(of: scalars, start..<scalars.count, to: &pieces)
    return pieces
  }

  private func addPieces(
    of scalars: [Unicode.Scalar], _ range: Range<Int>, to pieces: inout [TextPiece]
  ) {
    guard let first = scalars[range].first else { return }
    let isAdded = options.addsSpace && first != " "
    // A space that isn't in the text stands where the text's first scalar does.
    let text = (isAdded ? [" "] : []) + scalars[range]
    let shift = range.lowerBound - (isAdded ? 1 : 0)
    var words = WordReader(text[...])
    while let word = words.next() {
      var (bytes, owners): ([UInt8], [Int]) = ([], [])
      for index in word {
        for byte in UTF8.encode(text[index]).map(Array.init) ?? [] {
          bytes.append(byte)
          owners.append(index)
        }
      }
      for part in joined(bytes) {
        let own = owners[part.first]..<owners[part.first + part.count - 1] + 1
        let low = max(range.lowerBound, own.lowerBound + shift)
        var place = low..<max(range.lowerBound + 1, own.upperBound + shift)
        if options.trimsOffsets {
          trim(
            &place, leadingCount: text[own].prefix { $0 == " " }.count,
            trailingCount: text[own].reversed().prefix { $0 == " " }.count)
        }
        pieces.append(TextPiece(id: part.id, range: place))
      }
    }
  }

  /// Leaves out the white space at a token's ends; where each text begins with a space that was added, the
  /// first one of a text counts as that.
  private func trim(_ place: inout Range<Int>, leadingCount: Int, trailingCount: Int = 0) {
    let isAdded = options.addsSpace && place.lowerBound == 0
    let count = max(0, leadingCount - (isAdded ? 1 : 0))
    let low = min(place.lowerBound + count, place.upperBound)
    place = low..<max(low, place.upperBound - trailingCount)
  }
}

/// Cuts a text into words as GPT-2's expression does:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
private struct WordReader {
  private enum Kind { case letter, number, space, other }

  private let text: ArraySlice<Unicode.Scalar>
  private var place: Int

  init(_ text: ArraySlice<Unicode.Scalar>) { (self.text, place) = (text, text.startIndex) }

  /// The next word.
  mutating func next() -> Range<Int>? {
    guard place < text.endIndex else { return nil }
    let start = place
    place = contraction ?? end(from: start)
    return start..<place
  }

  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
    Array($0.unicodeScalars)
  }

  private var contraction: Int? {
    guard text[place] == "'" else { return nil }
    return Self.contractions.first { text[place...].starts(with: $0) }.map { place + $0.count }
  }

  private func end(from start: Int) -> Int {
    let first = text[start] == " " && start + 1 < text.endIndex ? start + 1 : start
    let kind = Self.kind(text[first])
    if kind != .space {
      return text[first...].firstIndex { Self.kind($0) != kind } ?? text.endIndex
    }
    // A run of white space, but for its last one where something follows: that belongs to the next word,
    // or is one by itself.
    let end = text[start...].firstIndex { Self.kind($0) != .space } ?? text.endIndex
    return end < text.endIndex && end - start > 1 ? end - 1 : end
  }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    if scalar.value < 0x80 {
      switch scalar.value {
      case 0x41...0x5A, 0x61...0x7A: return .letter
      case 0x30...0x39: return .number
      default: return TextClasses.isSpace(scalar) ? .space : .other
      }
    }
    if TextClasses.isSpace(scalar) { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return .other
    }
  }
}
