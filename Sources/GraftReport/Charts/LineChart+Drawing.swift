import Foundation

extension LineChart {
  /// The SVG of the axes and curves.
  var drawing: Markup {
    let frame = LineChartFrame(self)
    let isEmpty = !series.contains { $0.lastPoint != nil }
    let content = isEmpty ? [emptyNote(frame)] : markerLines(frame) + curves(frame) + names(frame)
    return .element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": title,
        "viewBox": "0 0 \(LineChartFrame.width.short) \(LineChartFrame.height.short)",
      ],
      grid(frame, isEmpty: isEmpty) + content)
  }

  private func grid(_ frame: LineChartFrame, isEmpty: Bool) -> [Markup] {
    var pieces: [Markup] = []
    for (value, label) in zip(frame.yTicks.values, frame.yTickLabels) {
      let y = frame.y(value)
      pieces.append(line("grid", (frame.left, y), (frame.right, y)))
      if !isEmpty { pieces.append(text("tick end", label, frame.left - 8, y + 4)) }
    }
    for value in isEmpty ? [] : frame.xTicks.values {
      let x = frame.x(value)
      pieces.append(line("axis", (x, frame.bottom), (x, frame.bottom + 5)))
      let label = ValueFormat.number.tick(value, step: frame.xTicks.step)
      pieces.append(text("tick middle", label, x, frame.bottom + 19))
    }
    pieces.append(line("axis", (frame.left, frame.bottom), (frame.right, frame.bottom)))
    pieces.append(text("label", yLabel, 4, 14))
    let center = (frame.left + frame.right) / 2
    pieces.append(text("label middle", xLabel, center, LineChartFrame.height - 8))
    return pieces
  }

  private func emptyNote(_ frame: LineChartFrame) -> Markup {
    text(
      "label middle", "No values yet", (frame.left + frame.right) / 2,
      (frame.top + frame.bottom) / 2)
  }

  private func markerLines(_ frame: LineChartFrame) -> [Markup] {
    markers.filter { abs($0.x) < 1e90 }.flatMap { marker in
      let x = frame.x(marker.x)
      let isLeft = x < (frame.left + frame.right) / 2
      let label = text(
        isLeft ? "marker-label" : "marker-label end", marker.label, isLeft ? x - 2 : x + 2,
        frame.top - 8)
      return [line("marker", (x, frame.top - 4), (x, frame.bottom)), label]
    }
  }

  private func curves(_ frame: LineChartFrame) -> [Markup] {
    series.enumerated().map { index, series in
      let showsDots = series.points.count <= Series.greatestDotCount
      let title = Markup.element("title", [:], [.text(series.name)])
      let paths = series.runs.filter { $0.count > 1 }.map { run in
        let steps = Series.thinned(run).map { "\(frame.x($0.x).short) \(frame.y($0.y).short)" }
        return Markup.element(
          "path", ["class": "curve", "d": "M" + steps.joined(separator: "L")], [title])
      }
      let lonely = series.runs.filter { $0.count == 1 }.joined()
      let dots = (showsDots ? series.points.filter(\.isDrawable) : Array(lonely)).flatMap {
        dot($0, of: series, frame)
      }
      let dashes = series.isDashed ? " dashed" : ""
      return .element("g", ["class": "series c\(index % Palette.count)\(dashes)"], paths + dots)
    }
  }

  /// A dot and, above it, a larger invisible one that is easy to point at.
  private func dot(_ point: Point, of series: Series, _ frame: LineChartFrame) -> [Markup] {
    let at = (x: frame.x(point.x).short, y: frame.y(point.y).short)
    let place = ValueFormat.number.string(point.x)
    let note = "\(series.name) · \(xLabel) \(place) · \(format.string(point.y))"
    return [
      .element("circle", ["class": "dot", "cx": at.x, "cy": at.y, "r": "2.6"]),
      .element(
        "circle", ["class": "target", "cx": at.x, "cy": at.y, "r": "9"],
        [.element("title", [:], [.text(note)])]),
    ]
  }

  /// The names of the curves at their ends, moved apart where they would touch.
  private func names(_ frame: LineChartFrame) -> [Markup] {
    guard hasDirectLabels else { return [] }
    let ends = series.enumerated().compactMap { index, series in
      series.lastPoint.map { (index: index, series: series, point: $0) }
    }.sorted { $0.point.y > $1.point.y }
    let heights = Self.spread(
      ends.map { frame.y($0.point.y) }, distance: 17, within: frame.top...frame.bottom)
    return zip(ends, heights).map { end, y in
      let x = frame.x(end.point.x) + 9
      return text("name c\(end.index % Palette.count)", end.series.directLabel, x, y + 4)
    }
  }

  /// Moves heights, in order, as little as is simple, so that neighbours keep a distance.
  static func spread(
    _ heights: [Double], distance: Double, within range: ClosedRange<Double>
  ) -> [Double] {
    var result = heights
    for index in result.indices.dropFirst() {
      result[index] = max(result[index], result[index - 1] + distance)
    }
    var limit = range.upperBound
    for index in result.indices.reversed() {
      result[index] = min(result[index], limit)
      limit = result[index] - distance
    }
    return result
  }

  private func line(
    _ kind: String, _ start: (x: Double, y: Double), _ end: (x: Double, y: Double)
  ) -> Markup {
    .element(
      "line",
      [
        "class": kind, "x1": start.x.short, "y1": start.y.short, "x2": end.x.short,
        "y2": end.y.short,
      ])
  }

  private func text(_ kind: String, _ text: String, _ x: Double, _ y: Double) -> Markup {
    .element("text", ["class": kind, "x": x.short, "y": y.short], [.text(text)])
  }
}

extension Double {
  /// To a tenth, which is finer than a pixel.
  fileprivate var short: String {
    let text = String(format: "%.1f", self)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
