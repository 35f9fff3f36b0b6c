/// A part that brings more than its computation, such as weights, and where it was traced.
public struct TracedPart: Sendable {
  public let part: any Sendable
  /// What the paths of its parameters begin with; empty at the top.
  public let path: String
  /// The positions of its parameters among all of the model.
  public let parameters: Range<Int>
}

extension Scope {
  /// Traces a layer or network so that it is found again wherever it stands in a model, be it deep inside
  /// of others: see ``parts``.
  public func noting<Result>(_ part: some Sendable, _ trace: () -> Result) -> Result {
    record.part(part, path: path, trace)
  }

  /// The parts that were traced so, in order; one that is traced again with the same parameters
  /// counts once.
  public var parts: [TracedPart] { record.parts }
}
