/// Why a weight file could not be read or written.
public struct WeightFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public enum Problem: Hashable, Sendable {
    /// The operating system refused to open, map or write the file.
    case inaccessible
    /// The content belongs to no format that Graft reads.
    case unknownFormat
    /// The file contradicts its format or itself: it is truncated, damaged or forged.
    case malformed
    /// The file is sound, but holds something that Graft does not read.
    case unsupported
    /// A pickle asks for a Python function or class that runs code or commands.
    case forbiddenGlobal(String)
    /// A tensor that a network takes from the file holds NaN or infinity.
    case notFinite(tensor: String)
    /// Several networks in the file fit the model, and none is the usual choice: where each lies.
    case ambiguous([String])
  }

  /// The path of the file.
  public var file: String
  public var problem: Problem
  /// What happened, what was expected, and how to mend it.
  public var explanation: String

  /// Says what is wrong with a file and how to mend it.
  public init(file: String, problem: Problem, explanation: String) {
    self.file = file
    self.problem = problem
    self.explanation = explanation
  }

  public var description: String { "\(file): \(explanation)" }
}
