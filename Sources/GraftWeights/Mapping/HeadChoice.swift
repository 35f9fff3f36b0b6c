/// What becomes of the classifier head that a weight file brings along.
///
/// Prefixes are paths of the model, such as `fc` or `classifier`; a prefix means itself and
/// everything below it.
public enum HeadChoice: Hashable, Sendable {
  /// File and model have the same head, or both have none.
  case whole
  /// The model has no head: what the file has under these prefixes is dropped.
  case withoutTop([String])
  /// The model's head is new: its parameters under these prefixes keep their initial values, and
  /// what the file has there is dropped.
  case newClasses([String])
  /// The model's classes are some of the file's, in any order: the last axis of the parameters
  /// under these prefixes is picked by class name.
  case classes([String], of: [String], under: [String])

  /// The prefixes under which file and model differ.
  var prefixes: [String] {
    switch self {
    case .whole: []
    case .withoutTop(let prefixes), .newClasses(let prefixes), .classes(_, _, let prefixes):
      prefixes
    }
  }

  /// Whether the file's tensor of this path finds no use in the model.
  func omits(_ path: String) -> Bool {
    if case .classes = self { false } else { covers(path) }
  }

  func covers(_ path: String) -> Bool {
    prefixes.contains { path == $0 || path.hasPrefix($0 + ".") }
  }
}
