import Foundation

/// How a chart writes its values.
public enum ValueFormat: Hashable, Sendable {
  case number
  /// A part of 1, written as a percentage.
  case percent

  /// A single value, to the digits that a reader cares for.
  func string(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : "infinite" }
    switch self {
    case .percent: return Self.fixed(value * 100, digits: 1) + "%"
    // A step's or a sample's number is read to the last digit.
    case .number where value == value.rounded() && abs(value) < 1e9: return String(Int(value))
    case .number: return Self.general(value, digits: 4)
    }
  }

  /// A value of an axis whose ticks are `step` apart.
  func tick(_ value: Double, step: Double) -> String {
    let scale = self == .percent ? 100.0 : 1
    let digits = Int((-log10(step * scale) - 1e-9).rounded(.up))
    let unit = self == .percent ? "%" : ""
    if abs(value * scale) >= 1e6 || digits > 5 {
      // Enough digits to tell neighbours apart.
      let significant = value == 0 ? 1 : Int(log10(abs(value) / step).rounded(.up)) + 1
      return Self.general(value * scale, digits: max(significant, 1)) + unit
    }
    return Self.fixed(value * scale, digits: max(digits, 0)) + unit
  }

  private static func fixed(_ value: Double, digits: Int) -> String {
    let text = String(format: "%.\(digits)f", value)
    // A small negative number is written as a negative zero.
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
      ? String(text.dropFirst()) : text
  }

  /// So many significant digits, in the shorter notation.
  private static func general(_ value: Double, digits: Int) -> String {
    String(format: "%.\(digits)g", value == 0 ? 0 : value)
      .replacing(/e([+-])0*/) { $0.output.1 == "-" ? "e-" : "e" }
  }
}
