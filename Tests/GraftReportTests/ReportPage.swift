import Foundation
import GraftReport

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A page taken apart by an XML parser, which refuses what is not well-formed.
final class ReportPage: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""

    var classes: [Substring] { attributes["class", default: ""].split(separator: " ") }
  }

  let html: String
  /// In the order in which they are opened.
  private(set) var elements: [Element] = []
  private(set) var text = ""
  private var open: [Int] = []

  init(_ sections: [Report.Section], title: String = "A report", subtitle: String = "") throws {
    html = Report(title: title, subtitle: subtitle, sections: sections).html()
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    guard parser.parse() else { throw Malformed(line: parser.lineNumber, html: html) }
  }

  struct Malformed: Error {
    var line: Int
    var html: String
  }

  func elements(_ name: String, class kind: String? = nil) -> [Element] {
    elements.filter { element in
      element.name == name && kind.map { element.classes.contains($0[...]) } ?? true
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    for index in open { elements[index].text += string }
  }
}
