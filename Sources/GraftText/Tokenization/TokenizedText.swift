/// What a tokenizer makes of a text or of a pair of texts: an element a token in each array.
public struct TokenizedText: Hashable, Sendable {
  /// The tokens' numbers.
  public var ids: [Int32] = []
  /// 0 for tokens of the first text and what frames it, 1 for those of the second.
  public var typeIDs: [Int32] = []
  /// Where each token stands in its text, in Unicode scalars; empty for what frames the texts.
  public var offsets: [Range<Int>] = []
  /// Which text each token is of, 0 or 1; `nil` for what frames the texts.
  public var texts: [Int?] = []

  /// No tokens.
  public init() {}

  /// How many tokens there are.
  public var count: Int { ids.count }

  mutating func append(_ id: Int32, type: Int32, offsets range: Range<Int>, text: Int?) {
    ids.append(id)
    typeIDs.append(type)
    offsets.append(range)
    texts.append(text)
  }
}

/// How texts are shortened that have too many tokens.
public enum Truncation: Hashable, Codable, Sendable {
  /// The longer one of a pair loses tokens until both are as long, then both do.
  case longestFirst
  /// Only the second one of a pair loses tokens: a question stays whole.
  case onlySecond
}
