import Foundation

/// What BERT's tokenization takes Unicode scalars for.
///
/// The reference (Hugging Face's `tokenizers`) has the categories of Unicode 8; what was added or moved
/// to another category since then is not among them.
enum TextClasses {
  /// White space of Unicode.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20, 0x09...0x0D: true
    case ..<0x80: false
    default: scalar.properties.isWhitespace
    }
  }

  /// Control characters, formats and private use, but for tab and line ends; the replacement
  /// character and zero too.
  static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: return false
    case ..<0x80: return scalar.value < 0x20 || scalar.value == 0x7F
    case 0xFFFD: return true
    default:
      switch scalar.properties.generalCategory {
      case .control, .privateUse: return true
      case .format: return isOfUnicode8(scalar)
      default: return false
      }
    }
  }

  /// Punctuation, and all of ASCII's signs.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case ..<0x80: return false
    // A sign and a mark since Unicode 12 and 11.
    case 0x166D, 0x111C9: return true
    default:
      switch scalar.properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
        .initialPunctuation, .finalPunctuation, .otherPunctuation:
        return isOfUnicode8(scalar)
      default: return false
      }
    }
  }

  /// Marks that take no space of their own, such as accents.
  static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x300: false
    // Spacing marks since Unicode 14 and 11.
    case 0x1734, 0x1171E: true
    // Letters, a spacing mark and punctuation in Unicode 8.
    case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
    default: scalar.properties.generalCategory == .nonspacingMark && isOfUnicode8(scalar)
    }
  }

  /// CJK ideographs, each a word of its own; the blocks are the reference's, its gaps too.
  static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// The scalars into which one decomposes (NFD), by itself.
  static func decomposition(of scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    // The reference knows no decomposition of it.
    scalar.value == 0x11938
      ? String(scalar).unicodeScalars
      : String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
  }

  private static func isOfUnicode8(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 8
  }
}
