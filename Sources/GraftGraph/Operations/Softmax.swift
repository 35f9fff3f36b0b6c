/// exp(x) / Σ exp(x) along the last axis.
///
/// Operands: x. Result: of the same shape.
public struct Softmax: Operation {
  /// Softmax along the last axis.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map { step.builder.apply(SoftmaxGradient(), to: step.results[0], $0) }
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }
}

/// The gradient of a ``Softmax``.
///
/// Operands: the softmax; the gradient of it. Result: the gradient of its operand.
public struct SoftmaxGradient: Operation {
  /// The gradient of a softmax along the last axis.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 1)] }
}
