/// Why a tokenizer can't be made or used.
public struct TokenizerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, or empty where there is none.
  public var file: String
  /// What happened, what was expected, and how to mend it.
  public var explanation: String

  /// Says what is wrong and how to mend it.
  public init(file: String = "", _ explanation: String) {
    (self.file, self.explanation) = (file, explanation)
  }

  public var description: String { file.isEmpty ? explanation : "\(file): \(explanation)" }
}
