/// The colours of curves, told apart by colour-blind readers too.
///
/// After Okabe and Ito, "Color Universal Design" (2008), lightened for a dark page and darkened for
/// a light one where the contrast would be poor.
enum Palette {
  static let light = ["#0072b2", "#d55e00", "#00805d", "#b0558a", "#9a6a00", "#2a93cf"]
  static let dark = ["#5cb8f0", "#ff9a57", "#3ecfa4", "#e59bc4", "#f0c04a", "#a9c9ff"]
  static let count = 6

  /// CSS variables of one scheme.
  static func variables(_ colours: [String]) -> String {
    colours.enumerated().map { "--c\($0.offset): \($0.element);" }.joined(separator: " ")
  }

  /// A class for each colour.
  static var classes: String {
    (0..<count).map { ".c\($0) { --c: var(--c\($0)); }" }.joined(separator: "\n")
  }
}
