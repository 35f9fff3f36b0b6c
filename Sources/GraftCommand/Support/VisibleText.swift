/// Text in which nothing steers a terminal: what names of files and classes may hold from strangers.
///
/// Control characters, marks that reorder text and separators of lines are shown as escapes.
enum VisibleText {
  /// A line in which every such character is written as in Swift: `\n`, `\u{1B}`.
  static func line(_ text: String) -> String { escaped(text, sparing: []) { $0.escapedAsInSwift } }

  /// The same of several lines, which stay lines of their own.
  static func lines(_ text: String) -> String {
    escaped(text, sparing: ["\n"]) { $0.escapedAsInSwift }
  }

  /// JSON in which every such character is an escape of JSON's, so that it reads back the same.
  static func json(_ text: String) -> String { escaped(text, sparing: []) { $0.escapedAsInJSON } }

  private static func escaped(
    _ text: String, sparing spared: Set<Unicode.Scalar>, by escape: (Unicode.Scalar) -> String
  ) -> String {
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      scalar.steersTerminals && !spared.contains(scalar)
    }
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would obey it, or show what surrounds it in another place.
  fileprivate var steersTerminals: Bool {
    switch self {
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": true
    case "\u{61C}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
    default: false
    }
  }

  fileprivate var escapedAsInSwift: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }

  fileprivate var escapedAsInJSON: String {
    let digits = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
