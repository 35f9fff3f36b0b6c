public import GraftData
public import GraftGraph
public import GraftText

/// Texts as the tokens that a ``TextEncoder`` reads, in rows of a few lengths.
///
/// Tensors: `input_ids`, Int32; `attention_mask`, 1 for each token and 0 for what fills up; and, where the
/// network tells two texts apart, `token_type_ids`, Int32; each (length).
public struct TextPreprocessor: Preprocessor {
  public typealias Sample = Text

  public var tokenizer: Tokenizer
  /// The lengths of rows, in tokens, the longest first: each text gets the least one that it fits. Of a
  /// text that fits none the last tokens are left out.
  public var lengths: [Int]
  /// Whether rows tell the texts of a pair apart.
  public var readsTypes: Bool

  /// What a network reads.
  ///
  /// - Parameters:
  ///   - longest: The most tokens of a text, those that frame it included.
  ///   - lengths: The lengths of rows; those beyond `longest` are left out, and `longest` itself is one.
  public init(
    _ tokenizer: some TextTokenizer, for encoder: TextEncoder, longest: Int = 128,
    lengths: [Int] = [16, 32, 64, 128, 256]
  ) {
    self.tokenizer = tokenizer.anyKind
    let shortest = Self.shortest(self.tokenizer)
    let longest = max(shortest, min(longest, encoder.longestText))
    let shorter = lengths.filter { (shortest..<longest).contains($0) }
    self.lengths = Set(shorter + [longest]).sorted(by: >)
    readsTypes = encoder.configuration.readsTypes
  }

  /// Room for the tokens that frame a pair, and one more.
  private static func shortest(_ tokenizer: Tokenizer) -> Int {
    tokenizer.framingCount(isPair: true) + 1
  }

  public var signatures: [Signature] {
    lengths.map { length in
      var tensors = [
        TensorSpec("input_ids", [length], .int32), TensorSpec("attention_mask", [length]),
      ]
      if readsTypes { tensors.append(TensorSpec("token_type_ids", [length], .int32)) }
      return Signature(tensors)
    }
  }

  public func signature(of sample: Text) -> Int {
    signature(ofCount: tokens(of: sample, longest: lengths.first ?? .max).count)
  }

  /// The position of the shortest row for so many tokens.
  func signature(ofCount count: Int) -> Int { lengths.lastIndex { $0 >= count } ?? 0 }

  /// - Throws: ``TextLengthError`` where ``lengths`` make no sense.
  public func makeWriter(_ augmentation: Never?) throws -> SampleWriter<Text> {
    try checkLengths()
    return { sample, row, _ in
      let length = row.signature["input_ids"]?.type.shape.count ?? 0
      try write(tokens(of: sample, longest: length), to: row)
    }
  }

  /// - Throws: ``TextLengthError`` where ``lengths`` make no sense.
  func checkLengths() throws {
    let least = Self.shortest(tokenizer)
    guard let last = lengths.last, last >= least, lengths == lengths.sorted(by: >) else {
      throw TextLengthError(lengths: lengths, least: least)
    }
  }

  /// Writes tokens into a row that has room for them.
  func write(_ tokens: TokenizedText, to row: SampleRow) throws {
    let length = row.signature["input_ids"]?.type.shape.count ?? 0
    let padding = Array(repeating: tokenizer.paddingID, count: max(0, length - tokens.count))
    try row.write(integers: tokens.ids + padding, to: "input_ids")
    try row.write(tokens.ids.map { _ in 1 }, to: "attention_mask")
    if readsTypes { try row.write(integers: tokens.typeIDs, to: "token_type_ids") }
  }

  private func tokens(of sample: Text, longest: Int) -> TokenizedText {
    tokenizer.tokenize(sample.text, sample.second, longest: longest)
  }
}

/// Lengths of rows that texts can't be put into.
public struct TextLengthError: Error, Hashable, Sendable, CustomStringConvertible {
  public let lengths: [Int]
  /// What a framed pair needs.
  public let least: Int

  public var description: String {
    "the lengths of rows are \(lengths); give one or more from \(least) on, the longest first"
  }
}
