/// Byte-level byte-pair encoding, as RoBERTa and GPT-2 take it (Sennrich et al. 2016; Radford et al. 2019):
/// a text's bytes are joined into tokens in the order in which the joins were learned.
///
/// Agrees with Hugging Face's `tokenizers`, in which special tokens such as `</s>` are also found in the
/// text itself, `<mask>` with the white space before it.
public struct BytePairTokenizer: Sendable {
  /// All tokens, their bytes written as GPT-2 does (`Ġ` for a space); a token's number is its position.
  public let tokens: [String]
  /// The pairs of tokens that are joined, the first ones first.
  public let merges: [Merge]
  public let options: Options
  /// The number of the token that fills up short rows, `<pad>`.
  public let paddingID: Int32
  /// The number of the token that hides a word, `<mask>`; `nil` if the vocabulary has none.
  public let maskID: Int32?
  let framing: TokenFraming
  let specialTokens: [(scalars: [Unicode.Scalar], id: Int32, isMask: Bool)]
  private let bytes: [Int32]
  private let joins: [UInt64: (rank: Int, id: Int32)]

  /// Two tokens that are joined.
  public struct Merge: Hashable, Codable, Sendable {
    public var first: String
    public var second: String

    /// Two tokens whose texts are those of another token, one after the other.
    public init(_ first: String, _ second: String) { (self.first, self.second) = (first, second) }
  }

  /// What tells one tokenizer from another beside its vocabulary.
  public struct Options: Hashable, Codable, Sendable {
    /// Whether a text begins as if a space stood before it.
    public var addsSpace = false
    /// Whether a token's place in its text is told without the white space in front of it.
    public var trimsOffsets = true
    /// The names of the special tokens.
    public var first = "<s>", separator = "</s>", padding = "<pad>", unknown = "<unk>"
    public var mask = "<mask>"
    /// How many separators stand between the texts of a pair.
    public var separatorsBetween = 2

    /// What RoBERTa takes.
    public init() {}
  }

  /// A tokenizer of these tokens.
  ///
  /// - Throws: ``TokenizerError`` where a special token, one of the 256 bytes, or a token that a pair is
  ///   joined to is missing.
  public init(tokens: [String], merges: [Merge], options: Options = Options()) throws {
    (self.tokens, self.merges, self.options) = (tokens, merges, options)
    let vocabulary = Vocabulary(tokens)
    func number(_ token: String, _ what: String) throws(TokenizerError) -> Int32 {
      if let number = vocabulary[token] { return number }
      throw TokenizerError("the vocabulary of \(tokens.count) tokens has no '\(token)', \(what)")
    }
    let named = "which frames texts; name the token that stands for it in the options"
    framing = TokenFraming(
      first: try number(options.first, named), separator: try number(options.separator, named),
      betweenCount: max(1, options.separatorsBetween), secondType: 0)
    paddingID = try number(options.padding, "which fills up rows")
    maskID = vocabulary[options.mask]
    bytes = try ByteLetters.all.map { try number($0, "which stands for a byte") }
    var joins: [UInt64: (rank: Int, id: Int32)] = [:]
    joins.reserveCapacity(merges.count)
    for (rank, merge) in merges.enumerated() {
      let key = Self.key(
        try number(merge.first, "which pair \(rank) joins"),
        try number(merge.second, "which pair \(rank) joins"))
      joins[key] = (rank, try number(merge.first + merge.second, "which pair \(rank) becomes"))
    }
    self.joins = joins
    let names = [
      options.first, options.separator, options.padding, options.unknown, options.mask,
    ]
    specialTokens = names.filter { !$0.isEmpty }.compactMap { name in
      vocabulary[name].map { (Array(name.unicodeScalars), $0, name == options.mask) }
    }
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  /// The tokens of a text, or of a pair of texts, framed: `<s> text </s>`, or
  /// `<s> text </s></s> second </s>`.
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

  /// The number of the token for a byte, and of the token that two are joined to with its rank.
  func id(of byte: UInt8) -> Int32 { bytes[Int(byte)] }

  func join(_ first: Int32, _ second: Int32) -> (rank: Int, id: Int32)? {
    joins[Self.key(first, second)]
  }
}

extension BytePairTokenizer: Hashable {
  public static func == (first: BytePairTokenizer, second: BytePairTokenizer) -> Bool {
    first.options == second.options && first.tokens == second.tokens
      && first.merges == second.merges
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(options)
    hasher.combine(tokens.count)
  }
}

extension BytePairTokenizer: Codable {
  private enum Key: String, CodingKey { case tokens, merges, options }

  /// Reads the vocabulary, the pairs and the options.
  ///
  /// - Throws: ``TokenizerError`` where a token is missing; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(
      tokens: container.decode([String].self, forKey: .tokens),
      merges: container.decode([Merge].self, forKey: .merges),
      options: container.decode(Options.self, forKey: .options))
  }

  /// Writes the vocabulary, the pairs and the options.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(tokens, forKey: .tokens)
    try container.encode(merges, forKey: .merges)
    try container.encode(options, forKey: .options)
  }
}

/// The letters by which GPT-2's vocabulary writes bytes.
enum ByteLetters {
  /// One for each byte: itself where it is a sign of Latin-1 that is seen, else one from U+0100 on.
  static let all: [String] = {
    var next: UInt32 = 0x100
    return (0..<256 as Range<UInt32>).map { byte in
      let isSeen = 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte
      defer { next += isSeen ? 0 : 1 }
      return Unicode.Scalar(isSeen ? byte : next).map { String($0) } ?? ""
    }
  }()
}
