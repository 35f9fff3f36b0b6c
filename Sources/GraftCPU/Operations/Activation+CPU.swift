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
      }
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
      }
    ]
  }
}
