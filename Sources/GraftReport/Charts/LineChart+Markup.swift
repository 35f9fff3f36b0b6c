extension LineChart {
  /// Longer curves than this are not repeated as a table.
  private static let greatestRowCount = 200

  /// The chart with its title, legend and numbers.
  var markup: Markup {
    .element(
      "figure", ["class": "card chart"],
      [.element("figcaption", [:], [.element("h3", [:], [.text(title)]), legend]), drawing]
        + numbers)
  }

  /// The curves with the values that they end on.
  private var legend: Markup {
    let entries = series.enumerated().map { index, series in
      let dashes = series.isDashed ? " dashed" : ""
      let value = series.lastPoint.map { format.string($0.y) } ?? "no values"
      return Markup.element(
        "li", ["class": "c\(index % Palette.count)"],
        [
          .element("span", ["class": "swatch\(dashes)"]), .name(series.name), .text(" "),
          .element("b", [:], [.text(value)]),
        ])
    }
    return entries.isEmpty ? .group([]) : .element("ul", ["class": "legend"], entries)
  }

  /// What the curves show, as a table that opens on demand.
  private var numbers: [Markup] {
    let places = Set(series.flatMap(\.points).map(\.x).filter(\.isFinite)).sorted()
    guard (1...Self.greatestRowCount).contains(places.count) else { return [] }
    let values = series.map { series in
      Dictionary(series.points.map { ($0.x, $0.y) }) { _, last in last }
    }
    let rows = places.map { place in
      [ValueFormat.number.string(place)] + values.map { $0[place].map(format.string) ?? "" }
    }
    let columns = ([xLabel] + series.map(\.name)).map(Report.Table.Column.number)
    let grid = Report.Table(columns: columns, rows: rows).grid
    return [.element("details", [:], [.element("summary", [:], [.text("Numbers")]), grid])]
  }
}
