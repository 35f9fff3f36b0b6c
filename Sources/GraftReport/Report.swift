/// A page that tells how a training went: one HTML file that needs nothing beside it.
///
/// Text, styles, charts and pictures are all within the file. It holds no script, asks for nothing
/// over the network (and forbids the browser to), follows the reader's light or dark scheme, and
/// fits a phone and paper. All text is escaped: class and file names may come from strangers.
public struct Report: Hashable, Sendable {
  public var title: String
  /// What was trained on what, in a line.
  public var subtitle: String
  public var sections: [Section]

  /// A page with these sections, from top to bottom; texts are escaped.
  public init(title: String, subtitle: String = "", sections: [Section] = []) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// The whole page: HTML that is well-formed XML, too.
  public func html() -> String {
    var text = "<!DOCTYPE html>\n"
    page.write(to: &text)
    text += "\n"
    return text
  }

  private var page: Markup {
    let attributes: KeyValuePairs = ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"]
    return .element("html", attributes, [head, .element("body", [:], [content])])
  }

  private var head: Markup {
    .element(
      "head", [:],
      [
        .element("meta", ["charset": "utf-8"]),
        // Whatever a picture or a name may hold, the browser runs and fetches nothing.
        .element(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
          ]),
        .element(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("meta", ["name": "color-scheme", "content": "light dark"]),
        .element("title", [:], [.text(title)]),
        .element("style", [:], [.text(Stylesheet.text)]),
      ])
  }

  private var content: Markup {
    let lead: [Markup] =
      subtitle.isEmpty ? [] : [.element("p", ["class": "subtitle"], [.text(subtitle)])]
    let header = Markup.element("header", [:], [.element("h1", [:], [.text(title)])] + lead)
    let footer = Markup.element("footer", [:], [.text("Made with Graft")])
    return .element("main", [:], [header] + sections.map(\.markup) + [footer])
  }
}
