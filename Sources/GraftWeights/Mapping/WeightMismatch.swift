import GraftGraph

/// A weight file does not fit a model: every difference, by name.
public struct WeightMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// A parameter whose tensor has another shape.
  public struct WrongShape: Hashable, Sendable {
    public var path: ParameterPath
    /// The name of the tensor in the file.
    public var name: String
    /// What the file should have, in the file's own order of axes.
    public var expected: Shape
    public var found: Shape
  }

  public var file: String
  /// Parameters that no tensor of the file is for.
  public internal(set) var missing: [ParameterPath] = []
  /// Tensors of the file that no parameter is for.
  public internal(set) var leftOver: [String] = []
  public internal(set) var wrongShapes: [WrongShape] = []
  /// Names of tensors that mean the same parameter.
  public internal(set) var ambiguous: [String] = []
  /// Class names that the file's head does not have.
  public internal(set) var unknownClasses: [String] = []
  /// What is probably the matter.
  public internal(set) var hint: String?

  /// How many differences there are.
  public var count: Int {
    missing.count + leftOver.count + wrongShapes.count + ambiguous.count + unknownClasses.count
  }

  package init(file: String) { self.file = file }

  /// The same with another word on what is probably the matter.
  package func hinting(_ hint: String) -> WeightMismatch {
    var result = self
    result.hint = hint
    return result
  }

  var isEmpty: Bool {
    missing.isEmpty && leftOver.isEmpty && wrongShapes.isEmpty && ambiguous.isEmpty
      && unknownClasses.isEmpty
  }

  public var description: String {
    let shapes = wrongShapes.map { wrong in
      let name = wrong.path.description == wrong.name ? "" : " (\(wrong.name) in the file)"
      return "\(wrong.path)\(name) should be \(wrong.expected), but is \(wrong.found)"
    }
    let lines = [
      Self.line("missing in the file", missing.map(\.description)),
      Self.line("left over in the file", leftOver),
      Self.line("of another shape", shapes),
      Self.line("meaning the same parameter", ambiguous),
      Self.line("classes that the file does not have", unknownClasses),
      hint.map { "hint: \($0)" },
    ]
    return (["\(file): the weights do not fit the model"] + lines.compactMap { $0 })
      .joined(separator: "\n  ")
  }

  private static func line(_ what: String, _ items: [String]) -> String? {
    guard !items.isEmpty else { return nil }
    let shown = items.prefix(8).joined(separator: ", ")
    return "\(items.count) \(what): \(shown)\(items.count > 8 ? ", ..." : "")"
  }
}
