/// WordPiece tokenization as BERT's models take it (Schuster and Nakajima 2012; Devlin et al. 2019):
/// words are cut into the longest pieces that the vocabulary has, from the front.
///
/// Agrees with Hugging Face's `tokenizers`, in which special tokens such as `[SEP]` are also found in
/// the text itself.
public struct WordPieceTokenizer: Sendable {
  /// All tokens; a token's number is its position.
  public let tokens: [String]
  public let options: Options
  private let vocabulary: Vocabulary
  private let specialTokens: [(scalars: [Unicode.Scalar], id: Int32)]
  private let specialBeginnings: Set<Unicode.Scalar>
  private let special: (unknown: Int32, first: Int32, separator: Int32)
  /// The number of the token that fills up short rows, `[PAD]`.
  public let paddingID: Int32
  /// The number of the token that hides a word, `[MASK]`; `nil` if the vocabulary has none.
  public let maskID: Int32?

  /// What tells one WordPiece tokenizer from another beside its vocabulary.
  public struct Options: Hashable, Codable, Sendable {
    public var normalization = TextNormalization()
    /// What pieces begin with that continue a word.
    public var continuation = "##"
    /// Words of more scalars than this become unknown.
    public var longestWord = 100
    /// The names of the special tokens.
    public var unknown = "[UNK]", first = "[CLS]", separator = "[SEP]", padding = "[PAD]"
    public var mask = "[MASK]"

    /// What uncased models take.
    public init() {}
  }

  /// A tokenizer of these tokens.
  ///
  /// - Throws: ``TokenizerError`` where a special token is missing.
  public init(tokens: [String], options: Options = Options()) throws {
    (self.tokens, self.options) = (tokens, options)
    let vocabulary = Vocabulary(tokens)
    func number(_ token: String) throws(TokenizerError) -> Int32 {
      if let number = vocabulary[token] { return number }
      throw TokenizerError(
        "the vocabulary of \(tokens.count) tokens has no '\(token)'; "
          + "name the token that stands for it in the options")
    }
    special = (
      try number(options.unknown), try number(options.first), try number(options.separator)
    )
    paddingID = try number(options.padding)
    maskID = vocabulary[options.mask]
    let names = [
      options.unknown, options.first, options.separator, options.padding, options.mask,
    ]
    specialTokens = names.filter { !$0.isEmpty }.compactMap { name in
      vocabulary[name].map { (Array(name.unicodeScalars), $0) }
    }
    specialBeginnings = Set(specialTokens.compactMap(\.scalars.first))
    self.vocabulary = vocabulary
  }

  /// The number of a token, or `nil` if the vocabulary has no such token.
  public func id(of token: String) -> Int32? { vocabulary[token] }

  /// The tokens of a text, or of a pair of texts, framed: `[CLS] text [SEP]`, or
  /// `[CLS] text [SEP] second [SEP]`.
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
      [pieces(of: text)] + (second.map { [pieces(of: $0)] } ?? []), longest: longest,
      truncation: truncation)
  }

  var framing: TokenFraming {
    TokenFraming(
      first: special.first, separator: special.separator, betweenCount: 1, secondType: 1)
  }

  /// The tokens of a text, without what frames it.
  func pieces(of text: String) -> [TextPiece] {
    let scalars = Array(text.unicodeScalars)
    var pieces: [TextPiece] = []
    var start = 0
    var place = 0
    while place < scalars.count {
      // The longest special token here.
      guard specialBeginnings.contains(scalars[place]) else {
        place += 1
        continue
      }
      let found = specialTokens.filter { scalars[place...].starts(with: $0.scalars) }
        .max { $0.scalars.count < $1.scalars.count }
      guard let found else {
        place += 1
        continue
      }
      addPieces(of: scalars[start..<place], from: start, to: &pieces)
      pieces.append(TextPiece(id: found.id, range: place..<place + found.scalars.count))
      place += found.scalars.count
      start = place
    }
    addPieces(of: scalars[start...], from: start, to: &pieces)
    return pieces
  }

  private func addPieces(
    of scalars: ArraySlice<Unicode.Scalar>, from start: Int, to pieces: inout [TextPiece]
  ) {
    let text = NormalizedText(scalars, from: start, options.normalization)
    for word in text.words { addPieces(of: text.elements[word], to: &pieces) }
  }

  /// Cuts a word; one that can't be cut to its end is unknown as a whole.
  private func addPieces(
    of word: ArraySlice<NormalizedText.Element>, to pieces: inout [TextPiece]
  ) {
    func range(_ part: ArraySlice<NormalizedText.Element>) -> Range<Int> {
      guard let first = part.first, let last = part.last else { return 0..<0 }
      return first.place..<last.place + 1
    }
    let count = pieces.count
    var rest = word.count <= options.longestWord ? word : []
    while !rest.isEmpty {
      let prefix = rest.startIndex == word.startIndex ? "" : options.continuation
      guard let (id, length) = vocabulary.longestToken(prefix: prefix, rest) else { break }
      pieces.append(TextPiece(id: id, range: range(rest.prefix(length))))
      rest = rest.dropFirst(length)
      if rest.isEmpty { return }
    }
    pieces.removeSubrange(count...)
    pieces.append(TextPiece(id: special.unknown, range: range(word)))
  }
}

extension WordPieceTokenizer: Hashable {
  public static func == (first: WordPieceTokenizer, second: WordPieceTokenizer) -> Bool {
    first.options == second.options && first.tokens == second.tokens
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(options)
    hasher.combine(tokens.count)
  }
}

extension WordPieceTokenizer: Codable {
  private enum Key: String, CodingKey { case tokens, options }

  /// Reads the vocabulary and the options.
  ///
  /// - Throws: ``TokenizerError`` where a special token is missing; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(
      tokens: container.decode([String].self, forKey: .tokens),
      options: container.decode(Options.self, forKey: .options))
  }

  /// Writes the vocabulary and the options.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(tokens, forKey: .tokens)
    try container.encode(options, forKey: .options)
  }
}
