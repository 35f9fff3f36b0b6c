import Foundation
import Graft

/// What a user should know, but need not act on: lines on standard error, apart from results.
enum Notes {
  /// Says how the file was read that a network has its weights from.
  static func tell(of network: Backbone) {
    for note in network.weights?.notes ?? [] { tell(note) }
  }

  /// Prints a line; names in a file may hold characters that would steer a terminal.
  static func tell(_ note: String) {
    let line = note.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
    }
    FileHandle.standardError.write(Data("note: \(line.joined())\n".utf8))
  }
}
