/// Where things stand in the drawing of a chart, in units of its view box.
struct LineChartFrame {
  static let (width, height) = (520.0, 300.0)

  let horizontal: ClosedRange<Double>
  let vertical: ClosedRange<Double>
  let xTicks: AxisTicks
  let yTicks: AxisTicks
  let yTickLabels: [String]
  let (left, right, top, bottom): (Double, Double, Double, Double)

  init(_ chart: LineChart) {
    let points = chart.series.flatMap(\.points).filter(\.isDrawable)
    let isCounted = points.allSatisfy { $0.x == $0.x.rounded() }
    let markers = points.isEmpty ? [] : chart.markers.map(\.x).filter { abs($0) < 1e90 }
    horizontal = Self.horizontal(points.map(\.x) + markers, isCounted: isCounted)
    let hasShortLabels = isCounted && horizontal.upperBound < 100
    xTicks = AxisTicks(
      within: horizontal, limit: hasShortLabels ? 10 : 6, wholeNumbers: isCounted)
    yTicks = Self.verticalTicks(points.map(\.y), format: chart.format)
    vertical = (yTicks.values.first ?? 0)...(yTicks.values.last ?? 1)
    let step = yTicks.step
    yTickLabels = yTicks.values.map { chart.format.tick($0, step: step) }
    // Widths allow for the larger type that a phone is given.
    left = 14 + 9 * Double(yTickLabels.lazy.map(\.count).max() ?? 0)
    let labels = chart.hasDirectLabels ? chart.series.map(\.directLabel.count).max() ?? 0 : 0
    right = Self.width - (labels == 0 ? 14 : 16 + 7.8 * Double(labels))
    top = 26 + (markers.isEmpty ? 0 : 18)
    bottom = Self.height - 46
  }

  private static func horizontal(_ values: [Double], isCounted: Bool) -> ClosedRange<Double> {
    let range = AxisTicks.extent(of: values)
    guard isCounted, let only = values.first, values.allSatisfy({ $0 == only }) else {
      return range
    }
    // A single epoch stands in the middle, with no other beside it; a step too large to be counted
    // in halves keeps the padding.
    return abs(only) < 1e6 ? only - 0.5...only + 0.5 : range
  }

  private static func verticalTicks(_ values: [Double], format: ValueFormat) -> AxisTicks {
    let range = AxisTicks.extent(of: values)
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
    // An axis should not promise what cannot be: a negative loss, an accuracy above 1.
    let lower = least >= 0 ? max(range.lowerBound, 0) : range.lowerBound
    let upper = format == .percent && greatest <= 1 ? min(range.upperBound, 1) : range.upperBound
    return AxisTicks(enclosing: lower...upper, limit: 6)
  }

  func x(_ value: Double) -> Double {
    left + (right - left) * Self.share(of: value, in: horizontal)
  }

  func y(_ value: Double) -> Double {
    bottom - (bottom - top) * Self.share(of: value, in: vertical)
  }

  private static func share(of value: Double, in range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }
}

extension LineChart {
  /// Whether curves are named at their ends: a few can be, many would cover each other.
  var hasDirectLabels: Bool { (2...5).contains(series.count) }
}

extension LineChart.Series {
  /// The name as it stands at the end of the curve.
  var directLabel: String { name.count <= 14 ? name : name.prefix(13) + "…" }

  /// The last point that is drawn.
  var lastPoint: LineChart.Point? { points.last(where: \.isDrawable) }
}
