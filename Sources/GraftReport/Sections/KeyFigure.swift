extension Report {
  /// A number to be seen at a glance.
  public struct KeyFigure: Hashable, Sendable {
    /// What it is: "Accuracy after fine-tuning".
    public var label: String
    /// The number with its unit: "94.1%".
    public var value: String
    /// What to compare it with: "92.2% before".
    public var note: String

    /// A value as it is to be read, with what it is and, if need be, a remark.
    public init(label: String, value: String, note: String = "") {
      self.label = label
      self.value = value
      self.note = note
    }

    var markup: Markup {
      .element(
        "div", ["class": "card figure"],
        [
          .element("div", ["class": "figure-label"], [.text(label)]),
          .element("div", ["class": "figure-value"], [.text(value)]),
          .element("div", ["class": "figure-note"], [.text(note)]),
        ])
    }
  }
}
