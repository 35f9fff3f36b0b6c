import Foundation
import GraftReport
import Testing

@Suite("The page of a report")
struct PageTests {
  static let hostile = [
    "</script><script>alert(1)</script>", "\" onerror=\"alert(1)", "' onload='alert(1)",
    "a & b < c > d", "&lt;b&gt;", "]]>", "<!-- ", "{{x}}", "naïve 猫 🐈", "\u{202E}gpj.exe",
  ]

  /// A section of each kind that shows a text wherever it shows any.
  private func sections(showing text: String) -> [Report.Section] {
    let picture = Report.Picture(
      imageData: Data([0xFF, 0xD8, 0xFF, 0xE0]), predicted: text, probability: 0.5, truth: text,
      fileName: text)
    return [
      .figures([Report.KeyFigure(label: text, value: text, note: text)]),
      .charts(
        title: text,
        [
          LineChart(
            title: text, xLabel: text, yLabel: text,
            series: [
              .init(name: text, values: [1, 2]), .init(name: text, values: [2], isDashed: true),
            ], markers: [.init(x: 1, label: text)])
        ]),
      .confusionMatrix(
        ConfusionMatrix(title: text, classes: [text, text], counts: [[1, 2], [0, 4]])),
      .confusionMatrix(
        ConfusionMatrix(
          title: text, classes: Array(repeating: text, count: 40), truth: [1, 2],
          predictions: [3, 2])),
      .gallery(Report.Gallery(title: text, note: text, pictures: [picture])),
      .table(Report.Table(title: text, columns: [.text(text), .number(text)], rows: [[text]])),
      .text(title: text, text),
    ]
  }

  @Test(arguments: hostile)
  func namesStayText(_ name: String) throws {
    let plain = try ReportPage(sections(showing: "name"), title: "name", subtitle: "name")
    let page = try ReportPage(sections(showing: name), title: name, subtitle: name)
    // Neither an element nor an attribute more than with a harmless name.
    #expect(page.elements.map(\.name) == plain.elements.map(\.name))
    #expect(
      page.elements.map { $0.attributes.keys.sorted() }
        == plain.elements.map { $0.attributes.keys.sorted() })
    #expect(page.elements("h1").map(\.text) == [name])
    #expect(page.elements("img").map { $0.attributes["alt"] } == ["\(name) 50.0%"])
    #expect(page.elements("div", class: "file").map(\.text) == [name])
    // Each in an element that keeps its writing direction to itself.
    #expect(page.elements("bdi").filter { $0.text == name }.count >= 4)
  }

  @Test func forbiddenCharactersAreReplaced() throws {
    let page = try ReportPage([], title: "a\u{0}b\u{1B}[31mc\u{FFFF}\u{9B}31m")
    #expect(page.elements("h1").map(\.text) == ["a\u{FFFD}b\u{FFFD}[31mc\u{FFFD}\u{FFFD}31m"])
  }

  @Test func nothingIsFetched() throws {
    let page = try ReportPage(sections(showing: "name"))
    var html = page.html
    for namespace in ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"] {
      #expect(html.contains(" xmlns=\"\(namespace)\""))
      html = html.replacingOccurrences(of: " xmlns=\"\(namespace)\"", with: "")
    }
    html = html.replacingOccurrences(of: "http-equiv", with: "")
    for reference in ["http", "//", "url(", "@import", "<script", "<link", "<iframe"] {
      #expect(!html.contains(reference))
    }
    for element in page.elements {
      #expect(element.attributes["href"] == nil)
      if let source = element.attributes["src"] { #expect(source.hasPrefix("data:image/")) }
    }
  }

  @Test func theStyleSurvivesBeingEscaped() throws {
    let style = try #require(try ReportPage([]).elements("style").first?.text)
    // HTML doesn't undo escapes within a style, so there must have been none.
    #expect(!style.contains { "<>&\"".contains($0) })
    #expect(style.contains("prefers-color-scheme: dark") && style.contains("@media print"))
    #expect(style.count { $0 == "{" } == style.count { $0 == "}" })
  }

  @Test func paragraphsAreSplitAtEmptyLines() throws {
    let page = try ReportPage([.text(title: "", "one\nline\n\n\ntwo\r\n\r\nthree")])
    #expect(page.elements("p").map(\.text) == ["one\nline", "two", "three"])
    #expect(page.elements("h2").isEmpty)
  }

  @Test func rowsAreFittedToTheColumns() throws {
    let table = Report.Table(
      columns: [.text("a"), .number("b")], rows: [["1"], ["1", "2", "3"], []])
    let cells = try ReportPage([.table(table)]).elements("td").map(\.text)
    #expect(cells == ["1", "", "1", "2", "", ""])
  }

  @Test(
    arguments: [
      ([0xFF, 0xD8, 0xFF, 0xE0], "data:image/jpeg;base64,/9j/4A=="),
      (
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "data:image/png;base64,iVBORw0KGgo="
      ),
      ([0x47, 0x49, 0x46, 0x38, 0x39, 0x61], "data:image/gif;base64,R0lGODlh"),
      (Array("RIFF....WEBP".utf8), "data:image/webp;base64,UklGRi4uLi5XRUJQ"),
      (Array("<svg onload='x'/>".utf8), nil), ([], nil),
    ] as [([UInt8], String?)])
  func picturesAreToldByTheirBytes(_ bytes: [UInt8], _ source: String?) throws {
    let picture = Report.Picture(imageData: Data(bytes), caption: "cat")
    let page = try ReportPage([.gallery(Report.Gallery(title: "", pictures: [picture]))])
    #expect(page.elements("img").first?.attributes["src"] == source)
    #expect(page.elements("div", class: "missing").count == (source == nil ? 1 : 0))
  }
}
