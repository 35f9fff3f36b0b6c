public import Foundation

/// One of the kinds of tokenizers that Graft knows, or any of them.
public protocol TextTokenizer: Sendable {
  /// The same, as one of any kind.
  var anyKind: Tokenizer { get }
}

extension WordPieceTokenizer: TextTokenizer {
  public var anyKind: Tokenizer { .wordPiece(self) }
}

extension BytePairTokenizer: TextTokenizer {
  public var anyKind: Tokenizer { .bytePair(self) }
}

extension Tokenizer: TextTokenizer {
  public var anyKind: Tokenizer { self }
}

/// A tokenizer of any kind that Graft knows, as a value that is kept with a model.
public enum Tokenizer: Hashable, Sendable {
  /// That of BERT and its kin.
  case wordPiece(WordPieceTokenizer)
  /// That of RoBERTa and GPT-2.
  case bytePair(BytePairTokenizer)

  /// The tokenizer of a file of Hugging Face's: a `tokenizer.json` of either kind, a `vocab.txt`, or a
  /// `vocab.json` with its `merges.txt` beside it.
  ///
  /// - Throws: ``TokenizerError`` where the file is none of these; what reading it throws.
  public init(contentsOf url: URL) throws {
    if try BytePairTokenizer.isBytePair(url) {
      self = .bytePair(try BytePairTokenizer(contentsOf: url))
    } else {
      self = .wordPiece(try WordPieceTokenizer(contentsOf: url))
    }
  }

  /// All tokens; a token's number is its position.
  public var tokens: [String] {
    switch self {
    case .wordPiece(let own): own.tokens
    case .bytePair(let own): own.tokens
    }
  }

  /// The number of the token that fills up short rows.
  public var paddingID: Int32 {
    switch self {
    case .wordPiece(let own): own.paddingID
    case .bytePair(let own): own.paddingID
    }
  }

  /// How many tokens frame a text, or a pair of texts.
  public func framingCount(isPair: Bool) -> Int { framing.count(isPair: isPair) }

  /// The tokens of a text, or of a pair of texts, framed.
  ///
  /// - Parameters:
  ///   - longest: The most tokens, those that frame included; at least as many as frame. Of a text
  ///     that has more, the last ones are left out.
  ///   - truncation: Which one of a pair is shortened.
  public func tokenize(
    _ text: String, _ second: String? = nil, longest: Int = .max,
    truncation: Truncation = .longestFirst
  ) -> TokenizedText {
    framing.tokenize(
      ([text] + (second.map { [$0] } ?? [])).map(pieces), longest: longest, truncation: truncation)
  }

  /// The tokens of a pair whose second text may be long: in windows that overlap by `stride` tokens, each
  /// with the whole first text, as Hugging Face's `tokenizers` cut them.
  ///
  /// - Throws: ``TokenizerError`` where the first text leaves no room for more than the overlap.
  public func windows(
    _ text: String, _ second: String, longest: Int, stride: Int
  ) throws(TokenizerError) -> [TokenizedText] {
    let (first, rest) = (pieces(of: text), pieces(of: second))
    let room = longest - framing.count(isPair: true) - first.count
    guard room > 0, rest.count <= room || (0..<room).contains(stride) else {
      throw TokenizerError(
        "a text of \(first.count) tokens leaves room for \(max(0, room)) of the \(rest.count) tokens of the "
          + "second text, in windows that overlap by \(stride); shorten the first text, or take longer "
          + "windows or a smaller overlap")
    }
    var windows: [TokenizedText] = []
    var start = 0
    while true {
      let end = min(start + room, rest.count)
      windows.append(framing.framed([first[...], rest[start..<end]]))
      if end == rest.count { return windows }
      start += room - stride
    }
  }

  private var framing: TokenFraming {
    switch self {
    case .wordPiece(let own): own.framing
    case .bytePair(let own): own.framing
    }
  }

  private func pieces(of text: String) -> [TextPiece] {
    switch self {
    case .wordPiece(let own): own.pieces(of: text)
    case .bytePair(let own): own.pieces(of: text)
    }
  }
}

extension Tokenizer: Codable {
  private enum Key: String, CodingKey { case kind }
  private enum Kind: String, Codable { case wordPiece, bytePair }

  /// Reads the kind, WordPiece where there is none, and the tokenizer's own fields.
  ///
  /// - Throws: ``TokenizerError`` where a special token is missing; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: Key.self).decodeIfPresent(Kind.self, forKey: .kind)
    switch kind ?? .wordPiece {
    case .wordPiece: self = .wordPiece(try WordPieceTokenizer(from: decoder))
    case .bytePair: self = .bytePair(try BytePairTokenizer(from: decoder))
    }
  }

  /// Writes the kind beside the tokenizer's own fields.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .wordPiece(let own):
      try container.encode(Kind.wordPiece, forKey: .kind)
      try own.encode(to: encoder)
    case .bytePair(let own):
      try container.encode(Kind.bytePair, forKey: .kind)
      try own.encode(to: encoder)
    }
  }
}
