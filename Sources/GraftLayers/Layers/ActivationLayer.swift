/// Applies a function to each element; a layer of its own where the activation has a name.
public struct ActivationLayer: Layer {
  public var activation: Activation

  /// Applies `activation`.
  public init(_ activation: Activation) { self.activation = activation }

  public var kind: String { "activation" }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol { input.activated(activation) }
}

/// Turns logits (N, classes) into probabilities that sum to one.
public struct Softmax: Layer {
  /// Softmax along the last axis.
  public init() {}

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    scope.builder.apply(GraftGraph.Softmax(), to: input)
  }
}
