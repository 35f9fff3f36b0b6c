import GraftGraph

extension Activation {
  /// Every activation.
  static let all: [Activation] = [
    .relu, .relu6, .leakyReLU(slope: 0.2), .leakyReLU(slope: 0), .sigmoid, .tanh, .silu,
    .hardSigmoid, .hardSwish, .gelu,
  ]
}

extension OperationCase {
  /// Numbers at which activations bend, saturate, overflow or lose digits.
  private static let specialNumbers: [Float] = [
    0, -0.0, 1e-30, -1e-30, 1e-8, -1e-8, 1e-4, -1e-4, 0.5, -0.5, 1, -1, 3, -3, 2.999_999_8,
    -2.999_999_8, 6, 5.999_999_5, 6.000_000_5, -6, 9.5, -9.5, 20, -20, 50, -50, 87, -87, 90, -90,
    104, -104, 1e4, -1e4, 1e30, -1e30,
  ]

  static let activations: [OperationCase] = Activation.all.flatMap { activation in
    [
      OperationCase(Activate(activation), [Operand([37], .repeating(specialNumbers))]),
      OperationCase(Activate(activation), [Operand([1], .uniform(0.5...1))]),
      OperationCase(
        Activate(activation), [Operand([2, 3, 5, 7], .distinct)], differentiating: [0]),
      OperationCase(Activate(activation), [Operand([3, 17, 31, 5], .uniform(-8...8))]),
      gradient(of: activation, Operand([37], .repeating(specialNumbers))),
      gradient(of: activation, Operand([5, 7, 31, 3], .uniform(-8...8))),
    ]
  }

  /// The gradient of an activation of `input`: its first operand is the result or the input.
  private static func gradient(of activation: Activation, _ input: Operand) -> OperationCase {
    let shape = input.type.shape
    guard activation.gradientUsesResult else {
      return OperationCase(ActivationGradient(activation), [input, Operand(shape)])
    }
    let operands = [
      Operand(shape, .activated(activation, input.values)), Operand(shape),
    ]
    return OperationCase(ActivationGradient(activation), operands)
  }
}
