import Foundation
import GraftGraph

extension Activation {
  /// The activation of `x`.
  func value(at x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .relu6: min(max(x, 0), 6)
    case .leakyReLU(let slope): x > 0 ? x : Double(slope) * x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .silu: x / (1 + exp(-x))
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
    }
  }

  /// The derivative, told from the result where ``Activation/gradientUsesResult``, else from the
  /// input.
  func derivative(at saved: Double) -> Double {
    switch self {
    case .relu: return saved <= 0 ? 0 : 1
    case .relu6: return saved > 0 && saved < 6 ? 1 : 0
    case .leakyReLU(let slope): return saved > 0 ? 1 : Double(slope)
    case .sigmoid: return saved * (1 - saved)
    case .tanh: return 1 - saved * saved
    case .hardSigmoid: return saved > 0 && saved < 1 ? 1.0 / 6 : 0
    case .silu:
      let sigmoid = 1 / (1 + exp(-saved))
      return sigmoid * (1 + saved * (1 - sigmoid))
    case .hardSwish:
      return saved <= -3 ? 0 : saved >= 3 ? 1 : saved / 3 + 0.5
    case .gelu:
      let density = exp(-saved * saved / 2) / (2 * Double.pi).squareRoot()
      return erfc(-saved / 2.0.squareRoot()) / 2 + saved * density
    }
  }

  /// What rounding errors of the activation of `x` are proportional to.
  ///
  /// ReLU and ReLU6 round nothing. Single precision gives the others to a few roundings of the result,
  /// except that the normal distribution may be computed as (1 + erf) / 2, as PyTorch does, with errors next to 1, and that a
  /// factor x enlarges what underflow takes from a sigmoid.
  func magnitude(at x: Double) -> Double {
    switch self {
    case .gelu: abs(x)
    case .silu: abs(value(at: x)) + abs(x) * Tolerance.underflowMagnitude
    case .relu, .relu6: 0
    case .leakyReLU, .sigmoid, .tanh, .hardSigmoid, .hardSwish: abs(value(at: x))
    }
  }

  /// What rounding errors of ``derivative(at:)`` are proportional to: the sum of its terms.
  func derivativeMagnitude(at saved: Double) -> Double {
    switch self {
    case .relu, .relu6, .leakyReLU, .hardSigmoid: return abs(derivative(at: saved))
    case .sigmoid, .tanh: return 1
    case .hardSwish: return min(abs(saved) / 3 + 0.5, 1.5)
    case .silu:
      let sigmoid = 1 / (1 + exp(-saved))
      return sigmoid * (1 + abs(saved)) + abs(saved) * Tolerance.underflowMagnitude
    case .gelu: return 1 + abs(saved) * exp(-saved * saved / 2)
    }
  }
}

extension Activate: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let x = operands[0]
    return [
      ReferenceTensor(
        x.shape, x.values.map(activation.value(at:)),
        magnitudes: x.values.map(activation.magnitude(at:)))
    ]
  }
}

extension ActivationGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (saved, gradient) = (operands[0], operands[1])
    let values = zip(saved.values, gradient.values).map { activation.derivative(at: $0) * $1 }
    let magnitudes = zip(saved.values, gradient.values).map {
      activation.derivativeMagnitude(at: $0) * abs($1)
    }
    return [ReferenceTensor(saved.shape, values, magnitudes: magnitudes)]
  }
}
