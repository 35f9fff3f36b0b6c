/// Something about a folder of pictures that a person would want to know, but that is no error.
public enum FolderNotice: Hashable, Sendable, CustomStringConvertible {
  /// Files in a folder that are no pictures: how many of each ending, in lower case without its dot.
  case leftOut(folder: String, counts: [String: Int])
  /// A link leads to a folder that was read already: the link, and where the folder was met first.
  case readOnce(link: String, folder: String)
  /// Folders whose names are the same text in other bytes, as a composed and a decomposed "é", make one
  /// class.
  case sameClass(folder: String, name: String, spellings: Int)
  /// A part of a split that training does not need and cannot use.
  case partLeftAlone(folder: String, reason: String)

  public var description: String {
    switch self {
    case .leftOut(let folder, let counts):
      "\(folder): \(Self.count(counts)) left out: \(Self.list(counts))"
    case .readOnce(let link, let folder):
      "\(link): leads to a folder that was read as \(folder); left out"
    case .sameClass(let folder, let name, let spellings):
      "\(folder): \(spellings) folders named \(name) in different bytes are one class"
    case .partLeftAlone(let folder, let reason):
      "\(folder): left alone, since it is not sorted by class (\(reason))"
    }
  }

  private static func count(_ counts: [String: Int]) -> String {
    let count = counts.values.reduce(0, +)
    return count == 1 ? "1 file" : "\(count) files"
  }

  /// The most frequent endings first; endings of a text that is no ending are many, and are cut off.
  private static func list(_ counts: [String: Int]) -> String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let named = sorted.prefix(12).map {
      "\($0.key.isEmpty ? "no ending" : ".\($0.key)") \($0.value)"
    }
    let rest = sorted.dropFirst(12).reduce(0) { $0 + $1.value }
    return (named + (rest > 0 ? ["others \(rest)"] : [])).joined(separator: ", ")
  }
}
