/// Batch normalization (Ioffe and Szegedy 2015) of the last axis, with an optional activation.
///
/// Traced on its stored statistics; compiling for training decides which normalizations use the
/// batch's own. Output: of the input's shape. Parameters: `weight` (gamma), `bias` (beta),
/// `running_mean`, `running_var`, each of (channels).
public struct BatchNormalization: Layer {
  public var epsilon: Float
  /// How much of the running statistics survives a step (Keras's momentum; one minus PyTorch's).
  public var momentum: Float
  public var activation: Activation?
  /// Whether the running variance moves towards the unbiased estimate, as PyTorch's does, or the
  /// biased one, as Keras's; `nil` as in the network around, PyTorch's outside of one.
  public var tracksUnbiasedVariance: Bool?

  /// Normalizes, then applies the activation, if there is one.
  ///
  /// - Parameters:
  ///   - epsilon: Added to the variance.
  ///   - momentum: How much of the running statistics survives a step, 0 to 1.
  ///   - tracksUnbiasedVariance: Whether the running variance moves as PyTorch's or Keras's.
  public init(
    epsilon: Float = 1e-5, momentum: Float = 0.9, activation: Activation? = nil,
    tracksUnbiasedVariance: Bool? = nil
  ) {
    (self.epsilon, self.momentum, self.activation) = (epsilon, momentum, activation)
    self.tracksUnbiasedVariance = tracksUnbiasedVariance
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let channels = input.shape.extents.last else { return input }
    func value(_ name: String, _ role: ParameterRole, _ initial: Float) -> Symbol {
      scope.parameter(name, [channels], role: role, initializer: .constant(initial))
    }
    let operands = [
      input,
      value("weight", .normalizationScale, 1), value("bias", .normalizationShift, 0),
      value("running_mean", .runningMean, 0), value("running_var", .runningVariance, 1),
    ]
    let operation = GraftGraph.BatchNormalization(
      epsilon: epsilon, decay: momentum,
      tracksUnbiasedVariance: tracksUnbiasedVariance ?? scope.tracksUnbiasedVariance)
    return scope.builder.apply(operation, to: operands)[0].activated(activation)
  }
}
