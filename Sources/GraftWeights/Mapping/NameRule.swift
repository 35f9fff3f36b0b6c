import Foundation
import GraftGraph

/// One step in turning a file's name for a tensor into the model's path for a parameter.
public enum NameRule: Hashable, Sendable {
  /// Replaces the start of the name.
  case prefix(String, by: String)
  /// Replaces every match of a regular expression by a template (`$1` is the first group).
  case expression(String, by: String)
  /// Replaces whole names; others stay as they are.
  case names([String: String])
}

/// Rules with their regular expressions compiled, for renaming many names.
struct NameTranslator {
  private let steps: [(String) -> String]
  private let ignored: [NSRegularExpression]

  /// - Throws: An error of Foundation's when a regular expression is not well-formed.
  init(_ rules: [NameRule], ignoring patterns: [String]) throws {
    ignored = try patterns.map { try NSRegularExpression(pattern: $0) }
    steps = try rules.map { rule in
      switch rule {
      case .prefix(let prefix, let replacement):
        return { $0.hasPrefix(prefix) ? replacement + $0.dropFirst(prefix.count) : $0 }
      case .expression(let pattern, let template):
        let expression = try NSRegularExpression(pattern: pattern)
        return { name in
          expression.stringByReplacingMatches(
            in: name, range: NSRange(name.startIndex..., in: name), withTemplate: template)
        }
      case .names(let names): return { names[$0] ?? $0 }
      }
    }
  }

  func ignores(_ name: String) -> Bool {
    let range = NSRange(name.startIndex..., in: name)
    return ignored.contains { $0.firstMatch(in: name, range: range) != nil }
  }

  func path(for name: String) -> ParameterPath {
    ParameterPath(steps.reduce(name) { name, step in step(name) })
  }
}
