import GraftGraph
import GraftRuntime

extension Activate: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            "activate", in: "elementwise/activation.cl", count: count, macros: activation.macros
          ) { _ in [binding.operands[0], binding.results[0]] }
        ]
      }
    ]
  }
}

extension ActivationGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            "activation_gradient", in: "elementwise/activation.cl", count: count,
            macros: activation.macros
          ) { _ in [binding.operands[0], binding.operands[1], binding.results[0]] }
        ]
      }
    ]
  }
}
