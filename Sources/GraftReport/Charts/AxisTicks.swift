import Foundation

/// The marks of an axis: multiples of 1, 2 or 5 times a power of ten.
///
/// Ranges are expected to have an extent, as those of `extent(of:)` have.
struct AxisTicks: Hashable {
  let values: [Double]
  let step: Double

  /// As many marks as `limit` allows, within a range.
  ///
  /// - Parameter wholeNumbers: Whether only whole numbers make sense, as for epochs.
  init(within range: ClosedRange<Double>, limit: Int, wholeNumbers: Bool = false) {
    self.init(range, limit: limit) { range, step in
      guard step >= 1 || !wholeNumbers else { return nil }
      return (
        (range.lowerBound / step - Self.slack).rounded(.up),
        (range.upperBound / step + Self.slack).rounded(.down)
      )
    }
  }

  /// As many marks as `limit` allows, of which the first and the last enclose a range.
  init(enclosing range: ClosedRange<Double>, limit: Int) {
    self.init(range, limit: limit) { range, step in
      (
        (range.lowerBound / step + Self.slack).rounded(.down),
        (range.upperBound / step - Self.slack).rounded(.up)
      )
    }
  }

  /// Takes the finest step whose marks, of which `ends` gives the outermost, are few enough.
  private init(
    _ range: ClosedRange<Double>, limit: Int,
    ends: (ClosedRange<Double>, Double) -> (first: Double, last: Double)?
  ) {
    let finest = log10((range.upperBound - range.lowerBound) / Double(limit)).rounded(.down)
    var exponent = finest
    while true {
      for factor in [1.0, 2, 5] {
        let step = factor * pow(10, exponent)
        guard let (first, last) = ends(range, step), last - first < Double(limit) else { continue }
        self.step = step
        values = first > last ? [] : (0...Int(last - first)).map { (first + Double($0)) * step }
        return
      }
      exponent += 1
    }
  }

  /// What rounding may do to a multiple.
  private static let slack = 1e-9

  /// The least range with an extent that holds all values: around constant values, or without any,
  /// it is made up.
  static func extent(of values: some Sequence<Double>) -> ClosedRange<Double> {
    var bounds: ClosedRange<Double>?
    for value in values {
      bounds = bounds.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
    }
    guard let bounds else { return 0...1 }
    let magnitude = max(abs(bounds.lowerBound), abs(bounds.upperBound))
    // Marks closer than this could not be told apart after rounding.
    if bounds.upperBound - bounds.lowerBound > max(magnitude * 1e-6, 1e-90) { return bounds }
    let padding = magnitude < 1e-80 ? 1 : magnitude * 0.05
    return bounds.lowerBound - padding...bounds.upperBound + padding
  }
}
