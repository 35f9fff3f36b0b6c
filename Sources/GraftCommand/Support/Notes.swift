import Graft

/// What a user should know, but need not act on: lines on standard error, apart from results.
enum Notes {
  /// Says how the file was read that a network has its weights from.
  static func tell(of network: Backbone) {
    for note in network.weights?.notes ?? [] { tell(note) }
  }

  /// Prints a line.
  static func tell(_ note: String) { Terminal.complain("note: \(VisibleText.line(note))") }
}
