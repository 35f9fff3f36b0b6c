/// Curves over a common axis, such as loss and accuracy over epochs.
public struct LineChart: Hashable, Sendable {
  /// A value of a curve.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    /// A point by its coordinates.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }

    /// Whether it can be drawn: what isn't finite, or is astronomically large, is left as a gap.
    var isDrawable: Bool { abs(x) < 1e90 && abs(y) < 1e90 }
  }

  /// One curve.
  public struct Series: Hashable, Sendable {
    public var name: String
    /// In drawing order; a value that is not finite makes a gap.
    public var points: [Point]
    /// Whether it stands back behind the solid ones, as a training curve behind validation.
    public var isDashed: Bool

    /// A line through points, from left to right.
    public init(name: String, points: [Point], isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
    }

    /// A curve of values at `start`, `start + 1` and so on, such as one for each epoch.
    public init(name: String, values: [Double], startingAt start: Int = 1, isDashed: Bool = false) {
      let points = values.enumerated().map { Point(Double(start + $0.offset), $0.element) }
      self.init(name: name, points: points, isDashed: isDashed)
    }
  }

  /// A vertical line at which something happened, such as the start of fine-tuning.
  public struct Marker: Hashable, Sendable {
    public var x: Double
    public var label: String

    /// A vertical line at `x` with its label.
    public init(x: Double, label: String) {
      self.x = x
      self.label = label
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var format: ValueFormat
  public var series: [Series]
  public var markers: [Marker]

  /// A chart of lines over shared axes.
  public init(
    title: String, xLabel: String, yLabel: String, format: ValueFormat = .number,
    series: [Series], markers: [Marker] = []
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.format = format
    self.series = series
    self.markers = markers
  }
}
