import Foundation

extension Report {
  /// Pictures with captions, such as the worst mistakes.
  public struct Gallery: Hashable, Sendable {
    public var title: String
    /// What the pictures have in common, in a sentence.
    public var note: String
    public var pictures: [Picture]

    /// Pictures in the order in which they are shown.
    public init(title: String, note: String = "", pictures: [Picture]) {
      self.title = title
      self.note = note
      self.pictures = pictures
    }

    var markup: [Markup] {
      let lead: [Markup] = note.isEmpty ? [] : [.element("p", ["class": "note"], [.text(note)])]
      return lead + [.element("div", ["class": "gallery"], pictures.map(\.markup))]
    }
  }

  /// A picture of a gallery.
  public struct Picture: Hashable, Sendable {
    /// The bytes of a JPEG, PNG, WebP or GIF file, which go into the page as they are: a few hundred
    /// pixels a side are enough.
    public var imageData: Data
    public var caption: String
    public var detail: String
    public var fileName: String

    /// A picture as the bytes of a file that browsers show.
    public init(imageData: Data, caption: String, detail: String = "", fileName: String = "") {
      self.imageData = imageData
      self.caption = caption
      self.detail = detail
      self.fileName = fileName
    }

    /// A picture that was taken for something else.
    ///
    /// - Parameter probability: What the model gave the predicted class, from 0 to 1.
    public init(
      imageData: Data, predicted: String, probability: Double, truth: String, fileName: String
    ) {
      self.init(
        imageData: imageData, caption: "\(predicted) \(ValueFormat.percent.string(probability))",
        detail: "in truth \(truth)", fileName: fileName)
    }

    var markup: Markup {
      let lines = [("caption", caption), ("detail", detail), ("file", fileName)]
        .filter { !$0.1.isEmpty }
        .map { Markup.element("div", ["class": $0.0], [.name($0.1)]) }
      return .element("figure", ["class": "card"], [image, .element("figcaption", [:], lines)])
    }

    private var image: Markup {
      guard let type = ImageType(of: imageData) else {
        return .element("div", ["class": "missing"], [.text("No preview")])
      }
      let source = "data:\(type.rawValue);base64,\(imageData.base64EncodedString())"
      return .element("img", ["src": source, "alt": caption, "loading": "lazy"])
    }
  }
}
