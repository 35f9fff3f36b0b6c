import GraftLayers

/// The network of a backbone: what extracts features and what was put on it for its own classes.
public protocol BackboneArchitecture: Sendable {
  /// From images (N, height, width, channels) to the last feature map.
  func features(_ input: Symbol, in scope: Scope) -> Symbol

  /// From the last feature map to the logits of the classes (N, `classCount`).
  func classifier(_ features: Symbol, classCount: Int, in scope: Scope) -> Symbol
}
