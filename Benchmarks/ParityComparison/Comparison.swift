/// What a comparison of one backbone found.
package struct Comparison {
  /// A tensor and how far it is from the reference.
  package struct Entry {
    package var name: String
    /// The largest difference over the largest magnitude of the reference.
    package var error: Float
  }

  package var parameterCount: Int
  package var forward: [Entry] = []
  package var backward: [Entry] = []
  /// Names of the reference that the model doesn't offer.
  package var unmatched: [String] = []
  /// The time of one forward pass.
  package var seconds = 0.0

  package var worstForward: Float { forward.map(\.error).max() ?? 0 }
  package var worstBackward: Float { backward.map(\.error).max() ?? 0 }
}
