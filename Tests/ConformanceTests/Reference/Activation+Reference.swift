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
    case .relu: return saved > 0 ? 1 : 0
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

  /// Whether the result stays bounded however large the input is.
  var isBounded: Bool {
    switch self {
    case .sigmoid, .tanh, .hardSigmoid, .relu6: true
    case .relu, .leakyReLU, .silu, .hardSwish, .gelu: false
    }
  }
}

extension Activate: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let x = operands[0]
    return [
      ReferenceTensor(
        x.shape, x.values.map(activation.value(at:)),
        magnitudes: x.values.map { activation.isBounded ? 1 : abs($0) })
    ]
  }
}

extension ActivationGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (saved, gradient) = (operands[0], operands[1])
    let values = zip(saved.values, gradient.values).map { activation.derivative(at: $0) * $1 }
    let magnitudes = zip(saved.values, gradient.values).map { (1 + min(abs($0), 20)) * abs($1) }
    return [ReferenceTensor(saved.shape, values, magnitudes: magnitudes)]
  }
}
