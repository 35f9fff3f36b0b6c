import GraftGraph
import GraftRuntime

extension SGDUpdate: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    let numbers: [any KernelArgument] = momentum == 0 ? [weightDecay] : [weightDecay, momentum]
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            momentum == 0 ? "sgd" : "sgd_momentum", in: "optimizer/sgd.cl", count: count,
            macros: ["IS_NESTEROV": isNesterov ? "1" : "0"]
          ) { _ in numbers + binding.operands + binding.results }
        ]
      }
    ]
  }
}

extension AdamUpdate: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    let numbers: [any KernelArgument] = [beta1, beta2, epsilon, weightDecay]
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            "adam", in: "optimizer/adam.cl", count: count,
            macros: ["IS_DECOUPLED": isDecoupled ? "1" : "0"]
          ) { _ in numbers + binding.operands + binding.results }
        ]
      }
    ]
  }
}
