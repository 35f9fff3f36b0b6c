/// A piece of a page.
///
/// Text enters a page only through `text` and attribute values, and both are escaped when written:
/// there is no way to put raw markup in.
indirect enum Markup {
  case text(String)
  case element(String, KeyValuePairs<String, String> = [:], [Markup] = [])
  case group([Markup])

  /// Appends the piece, as HTML that is well-formed XML.
  func write(to output: inout String) {
    switch self {
    case .text(let text): text.writeEscaped(to: &output)
    case .group(let pieces):
      for piece in pieces { piece.write(to: &output) }
    case .element(let name, let attributes, let children):
      output += "<\(name)"
      for (key, value) in attributes {
        output += " \(key)=\""
        value.writeEscaped(to: &output)
        output += "\""
      }
      // HTML has no closing tag for these, and wants one for every other element.
      if ["meta", "img", "br"].contains(name) {
        output += "/>"
        return
      }
      output += ">"
      for child in children { child.write(to: &output) }
      output += "</\(name)>"
    }
  }

  /// A name that a user chose, kept from reordering the text around it by its writing direction.
  static func name(_ text: String) -> Markup { .element("bdi", [:], [.text(text)]) }
}

extension String {
  /// Appends the text with what markup would take for its own escaped, and with control
  /// characters and those that XML forbids replaced.
  fileprivate func writeEscaped(to output: inout String) {
    guard unicodeScalars.contains(where: { $0.escape != nil }) else {
      output += self
      return
    }
    for scalar in unicodeScalars {
      if let escape = scalar.escape {
        output += escape
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var escape: String? {
    switch self {
    case "&": "&amp;"
    case "<": "&lt;"
    case ">": "&gt;"
    case "\"": "&quot;"
    case "\t", "\n", "\r": nil
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
    default: nil
    }
  }
}
