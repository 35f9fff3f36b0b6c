extension Report {
  /// Rows of text and numbers.
  public struct Table: Hashable, Sendable {
    /// A column's name and kind.
    public struct Column: Hashable, Sendable {
      public var name: String
      /// Whether its cells are set to the right, digit below digit.
      public var isNumeric: Bool

      /// A column; numbers are aligned on the right.
      public init(name: String, isNumeric: Bool) {
        self.name = name
        self.isNumeric = isNumeric
      }

      public static func text(_ name: String) -> Column { Column(name: name, isNumeric: false) }
      public static func number(_ name: String) -> Column { Column(name: name, isNumeric: true) }
    }

    public var title: String
    public var columns: [Column]
    /// A row that is too short is filled with empty cells; what goes beyond the columns is left out.
    public var rows: [[String]]

    /// Rows with a cell for each column.
    public init(title: String = "", columns: [Column], rows: [[String]]) {
      self.title = title
      self.columns = columns
      self.rows = rows
    }

    /// The table alone, within a box that scrolls where it is too wide.
    var grid: Markup {
      let header = Markup.element("tr", [:], columns.map { cell("th", $0, $0.name) })
      let body = rows.map { row in
        Markup.element(
          "tr", [:],
          columns.enumerated().map { index, column in
            cell("td", column, row.indices.contains(index) ? row[index] : "")
          })
      }
      return .element(
        "div", ["class": "scroll"],
        [
          .element(
            "table", ["class": "plain"],
            [.element("thead", [:], [header]), .element("tbody", [:], body)])
        ])
    }

    private func cell(_ element: String, _ column: Column, _ text: String) -> Markup {
      .element(element, column.isNumeric ? ["class": "number"] : [:], [.name(text)])
    }
  }
}
