import Foundation

extension ConfusionMatrix {
  /// More classes than this are told by their most frequent confusions.
  private static let greatestClassCount = 30
  private static let greatestPairCount = 25

  var markup: [Markup] {
    guard classes.count <= Self.greatestClassCount else {
      return [.element("div", ["class": "card"], [pairs]), perClass]
    }
    let note =
      "Each row is a class as it is, each column a class as the model sees it. "
      + "Blue is right, orange is wrong; the deeper, the larger the part of the row."
    return [
      .element("p", ["class": "note"], [.text(note)]),
      .element(
        "div", ["class": "card fitted"], [.element("div", ["class": "scroll"], [grid])]),
    ]
  }

  private var grid: Markup {
    // Upright names would make many columns, or columns with long names, too wide.
    let isTilted = classes.count > 8 || classes.contains { $0.count > 12 }
    let kinds = "matrix" + (classes.count > 12 ? " dense" : "") + (isTilted ? " tilted" : "")
    let header = [corner("True \\ predicted")] + classes.map(columnName) + [edge("th", "Recall")]
    let rows = classes.indices.map { truth in
      Markup.element(
        "tr", [:],
        [.element("th", ["scope": "row"], [.name(classes[truth])])]
          + classes.indices.map { cell(truth, $0) } + [edge("td", percent(recall(of: truth)))])
    }
    let precisions =
      [Markup.element("th", ["scope": "row", "class": "edge"], [.text("Precision")])]
      + classes.indices.map { edge("td", percent(precision(of: $0))) }
      + [edge("td", percent(accuracy), title: "Accuracy", isTotal: true)]
    return .element(
      "table", ["class": kinds],
      [
        .element("thead", [:], [.element("tr", [:], header)]),
        .element("tbody", [:], rows),
        .element("tfoot", [:], [.element("tr", [:], precisions)]),
      ])
  }

  private func corner(_ text: String) -> Markup {
    .element("td", ["class": "corner"], [.text(text)])
  }

  private func columnName(_ name: String) -> Markup {
    .element(
      "th", ["scope": "col", "title": name], [.element("span", [:], [.name(name)])])
  }

  private func edge(
    _ element: String, _ text: String, title: String = "", isTotal: Bool = false
  ) -> Markup {
    let kind = isTotal ? "edge total" : "edge"
    return .element(
      element, title.isEmpty ? ["class": kind] : ["class": kind, "title": title],
      [.element("span", [:], [.text(text)])])
  }

  private func cell(_ truth: Int, _ predicted: Int) -> Markup {
    let (count, total) = (counts[truth][predicted], sampleCount(of: truth))
    guard count > 0 else {
      return .element("td", ["class": "zero"], [.text("0")])
    }
    let share = Double(count) / Double(total)
    let note =
      "\(classes[truth]) taken for \(classes[predicted]): \(count) of \(total)"
      + " (\(ValueFormat.percent.string(share)))"
    // A rare confusion is to be seen, too.
    let shade = String(format: "%.2f", 0.25 + 0.75 * share)
    return .element(
      "td",
      [
        "class": truth == predicted ? "right" : "wrong", "style": "--shade:\(shade)",
        "title": note,
      ], [.text(String(count))])
  }

  private func percent(_ ratio: Double?) -> String {
    ratio.map { String(format: "%.0f%%", $0 * 100) } ?? "–"
  }

  private var pairs: Markup {
    let rows = confusions.prefix(Self.greatestPairCount).map { confusion in
      let total = sampleCount(of: confusion.truth)
      let share = ValueFormat.percent.string(Double(confusion.count) / Double(total))
      return [
        classes[confusion.truth], classes[confusion.predicted], "\(confusion.count) of \(total)",
        share,
      ]
    }
    guard !rows.isEmpty else { return .element("p", [:], [.text("No class was confused.")]) }
    let columns: [Report.Table.Column] = [
      .text("True class"), .text("Taken for"), .number("Times"), .number("Part of the class"),
    ]
    return Report.Table(columns: columns, rows: rows).grid
  }

  /// Precision and recall of each class, the least recognized first.
  private var perClass: Markup {
    let order = classes.indices.sorted { (recall(of: $0) ?? 2, $0) < (recall(of: $1) ?? 2, $1) }
    let rows = order.map {
      [
        classes[$0], String(sampleCount(of: $0)), percent(precision(of: $0)),
        percent(recall(of: $0)),
      ]
    }
    let columns: [Report.Table.Column] = [
      .text("Class"), .number("Samples"), .number("Precision"), .number("Recall"),
    ]
    return .element(
      "details", ["class": "card"],
      [
        .element("summary", [:], [.text("Precision and recall of all \(classes.count) classes")]),
        Report.Table(columns: columns, rows: rows).grid,
      ])
  }
}
