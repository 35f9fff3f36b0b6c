/// One step of stochastic gradient descent, by PyTorch's formulas.
///
/// With d = gradient + weightDecay · parameter and v' = momentum · v + d, the parameter moves by
/// -rate · v' (plain), -rate · (d + momentum · v') (Nesterov), or -rate · d (no momentum).
/// Operands: parameter; gradient; rate (1); velocity, only with momentum. Results: the new
/// parameter and, with momentum, the new velocity.
public struct SGDUpdate: Operation {
  public var momentum: Float
  public var isNesterov: Bool
  public var weightDecay: Float

  /// A step with these constants.
  ///
  /// - Parameters:
  ///   - momentum: How much of the velocity survives a step; 0 keeps no velocity.
  ///   - isNesterov: Whether the gradient looks ahead; only with momentum.
  ///   - weightDecay: How much of the parameter is added to the gradient.
  public init(momentum: Float = 0, isNesterov: Bool = false, weightDecay: Float = 0) {
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }

  public var resultCount: Int { momentum == 0 ? 1 : 2 }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    Array(repeating: operands[0], count: resultCount)
  }

  public var overwrites: [Overwrite] {
    momentum == 0
      ? [Overwrite(operand: 0)] : [Overwrite(operand: 0), Overwrite(operand: 3, result: 1)]
  }
}

/// One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019), by PyTorch's
/// formulas.
///
/// With g = gradient (+ weightDecay · parameter, if not decoupled), m' = beta1 · m + (1 - beta1) · g
/// and v' = beta2 · v + (1 - beta2) · g², the parameter first shrinks by rate · weightDecay ·
/// parameter, if decoupled, then moves by -rate · (m' / c₁) / (√(v' / c₂) + epsilon).
/// Operands: parameter; gradient; rate (1); corrections c₁ = 1 - beta1ᵗ and c₂ = 1 - beta2ᵗ (2);
/// first moment m; second moment v. Results: the new parameter, m' and v'.
public struct AdamUpdate: Operation {
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  public var weightDecay: Float
  /// Whether the decay acts on the parameter itself (AdamW) or on the gradient (Adam).
  public var isDecoupled: Bool

  /// A step with these constants.
  ///
  /// - Parameters:
  ///   - beta1: How much of the mean of gradients survives a step.
  ///   - beta2: How much of the mean of their squares survives a step.
  ///   - epsilon: Added to the root of the mean square.
  ///   - weightDecay: How fast weights shrink.
  ///   - isDecoupled: Whether the decay acts on the parameter itself (AdamW).
  public init(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0,
    isDecoupled: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.weightDecay, self.isDecoupled) = (weightDecay, isDecoupled)
  }

  public var resultCount: Int { 3 }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0], operands[0], operands[0]]
  }

  public var overwrites: [Overwrite] {
    [
      Overwrite(operand: 0), Overwrite(operand: 4, result: 1), Overwrite(operand: 5, result: 2),
    ]
  }
}
