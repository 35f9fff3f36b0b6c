extension Report {
  /// A part of the page.
  public enum Section: Hashable, Sendable {
    /// The few numbers that a reader came for.
    case figures([KeyFigure])
    /// Charts side by side, or below each other where there is no room.
    case charts(title: String, [LineChart])
    case confusionMatrix(ConfusionMatrix)
    case gallery(Gallery)
    case table(Table)
    /// Paragraphs, with an empty line between them.
    case text(title: String, String)

    var markup: Markup {
      switch self {
      case .figures(let figures):
        .element("section", ["class": "figures"], figures.map(\.markup))
      case .charts(let title, let charts):
        Self.titled(title, [.element("div", ["class": "charts"], charts.map(\.markup))])
      case .confusionMatrix(let matrix): Self.titled(matrix.title, matrix.markup)
      case .gallery(let gallery): Self.titled(gallery.title, gallery.markup)
      case .table(let table):
        Self.titled(table.title, [.element("div", ["class": "card"], [table.grid])])
      case .text(let title, let text): Self.titled(title, Self.paragraphs(text))
      }
    }

    private static func titled(_ title: String, _ content: [Markup]) -> Markup {
      let heading: [Markup] = title.isEmpty ? [] : [.element("h2", [:], [.text(title)])]
      return .element("section", [:], heading + content)
    }

    private static func paragraphs(_ text: String) -> [Markup] {
      // By scalars: as a character, a line break of Windows is one that no pattern for "\n" meets.
      text.split(separator: /(\r?\n){2,}/.matchingSemantics(.unicodeScalar))
        .map { .element("p", [:], [.text(String($0))]) }
    }
  }
}
