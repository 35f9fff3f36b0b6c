import Foundation
import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Activation {
  /// The activation by the kernels' name.
  var kernel: graft_activation {
    switch self {
    case .relu: GRAFT_RELU
    case .relu6: GRAFT_RELU6
    case .leakyReLU: GRAFT_LEAKY_RELU
    case .sigmoid: GRAFT_SIGMOID
    case .tanh: GRAFT_TANH
    case .silu: GRAFT_SILU
    case .hardSigmoid: GRAFT_HARD_SIGMOID
    case .hardSwish: GRAFT_HARD_SWISH
    case .gelu: GRAFT_GELU
    }
  }

  /// The slope of a leaky ReLU.
  var slope: Float { if case .leakyReLU(let slope) = self { slope } else { 0 } }

  /// The definition, for the plain references.
  func value(_ x: Float) -> Float {
    switch self {
    case .relu: x < 0 ? 0 : x
    case .relu6: x < 0 ? 0 : x > 6 ? 6 : x
    case .leakyReLU(let slope): x < 0 ? slope * x : x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Foundation.tanh(x)
    case .silu: x / (1 + exp(-x))
    case .hardSigmoid: min(max(x + 3, 0), 6) / 6
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .gelu: 0.5 * x * erfc(-x * Float(0.5).squareRoot())
    }
  }

  /// The derivative, from the input or the result as ``Activation/gradientUsesResult`` says.
  func derivative(_ saved: Float) -> Float {
    switch self {
    case .relu: return saved <= 0 ? 0 : 1
    case .relu6: return saved <= 0 || saved >= 6 ? 0 : 1
    case .leakyReLU(let slope): return saved > 0 ? 1 : slope
    case .sigmoid: return saved * (1 - saved)
    case .tanh: return 1 - saved * saved
    case .silu:
      let sigmoid = 1 / (1 + exp(-saved))
      return sigmoid * (1 + saved * (1 - sigmoid))
    case .hardSigmoid: return saved <= 0 || saved >= 1 ? 0 : 1 / 6
    case .hardSwish: return saved <= -3 ? 0 : saved >= 3 ? 1 : saved / 3 + 0.5
    case .gelu:
      let density = exp(-saved * saved / 2) / (2 * Float.pi).squareRoot()
      return 0.5 * erfc(-saved * Float(0.5).squareRoot()) + saved * density
    }
  }
}

extension Activate: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (activation, count) = (activation, problem.results[0].shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let (x, y) = (data.operand(0), data.result())
        return {
          graft_activate(
            activation.kernel, activation.slope, x + $0.lowerBound, y + $0.lowerBound, $0.count)
        }
      },
      .naive(on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        for i in 0..<count { y[i] = activation.value(x[i]) }
      },
    ]
  }
}

extension ActivationGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (activation, count) = (activation, problem.results[0].shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let (saved, gradient, result) = (data.operand(0), data.operand(1), data.result())
        return {
          let i = $0.lowerBound
          graft_activation_gradient(
            activation.kernel, activation.slope, saved + i, gradient + i, result + i, $0.count)
        }
      },
      .naive(on: device) { data in
        let (saved, gradient, result) = (data.operand(0), data.operand(1), data.result())
        for i in 0..<count { result[i] = gradient[i] * activation.derivative(saved[i]) }
      },
    ]
  }
}
