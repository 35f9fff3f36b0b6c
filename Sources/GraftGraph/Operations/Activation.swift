/// A function applied to each element. NaN stays NaN under all of them, as in PyTorch.
public enum Activation: Hashable, Sendable {
  case relu
  /// min(max(x, 0), 6).
  case relu6
  /// x where positive, else `slope` times x; `slope` is not negative.
  case leakyReLU(slope: Float)
  case sigmoid
  case tanh
  /// x · sigmoid(x), also called swish.
  case silu
  /// relu6(x + 3) / 6, as PyTorch and Keras 3 define it.
  case hardSigmoid
  /// x · hardSigmoid(x).
  case hardSwish
  /// x · Φ(x) with the exact normal distribution (error function).
  case gelu

  /// Whether the gradient can be told from the result, so that the input need not be kept.
  public var gradientUsesResult: Bool {
    switch self {
    case .relu, .relu6, .leakyReLU, .sigmoid, .tanh, .hardSigmoid: true
    case .silu, .hardSwish, .gelu: false
    }
  }
}

/// Applies an ``Activation`` to each element.
///
/// Operands: x. Result: the activation of x, of the same shape.
public struct Activate: Operation {
  public var activation: Activation

  /// Applies a function.
  public init(_ activation: Activation) { self.activation = activation }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map { step.gradient(of: activation, resultGradient: $0) }
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of an ``Activate``.
///
/// At NaN it is PyTorch's: the slope of a ReLU is 1 there, that of a leaky ReLU `slope`, that of a
/// hard sigmoid 0, that of smooth activations NaN. For ReLU6 and hard-swish, where PyTorch's own
/// kernels differ, it is not specified.
///
/// Operands: the activation's result where ``Activation/gradientUsesResult``, else its input; the
/// gradient of its result. Result: the gradient of its input.
public struct ActivationGradient: Operation {
  public var activation: Activation

  /// The gradient of a function.
  public init(_ activation: Activation) { self.activation = activation }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 1), Overwrite(operand: 0)] }
}

extension BackwardStep {
  /// The gradient before `activation`, whose result is this step's result and whose input, where
  /// the gradient needs it, is this step's first operand.
  func gradient(of activation: Activation, resultGradient: Symbol) -> Symbol {
    let saved = activation.gradientUsesResult ? results[0] : operands[0]
    return builder.apply(ActivationGradient(activation), to: saved, resultGradient)
  }
}
