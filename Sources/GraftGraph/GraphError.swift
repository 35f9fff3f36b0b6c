/// A model that can't be built: which layer, what it was given, what it needs.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong and how to mend it.
  public var message: String
  /// The path of the layer in which it happened, empty at the top.
  public var layer: String

  /// Says what is wrong and how to mend it.
  ///
  /// - Parameter layer: The path of the layer in which it happened, empty at the top.
  public init(_ message: String, layer: String = "") {
    self.message = message
    self.layer = layer
  }

  public var description: String { layer.isEmpty ? message : "layer '\(layer)': \(message)" }
}
