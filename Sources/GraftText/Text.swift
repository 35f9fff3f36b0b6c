/// A text, or a pair of texts, as a sample.
public struct Text: Hashable, Codable, Sendable, ExpressibleByStringLiteral {
  public var text: String
  /// The second text of a pair, such as the passage that answers a question.
  public var second: String?

  /// A text, or a pair.
  public init(_ text: String, _ second: String? = nil) {
    (self.text, self.second) = (text, second)
  }

  public init(stringLiteral value: String) { self.init(value) }
}
