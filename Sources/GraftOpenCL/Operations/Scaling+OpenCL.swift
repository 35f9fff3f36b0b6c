import GraftGraph
import GraftRuntime

extension Scale: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise("scale", in: "elementwise/scale.cl", count: count) { _ in
            [factor, binding.operands[0], binding.results[0]]
          }
        ]
      }
    ]
  }
}

extension Fill: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    [
      KernelLowering(name: "elementwise", device: device) { binding in
        [device.fill(binding.results[0], with: value, count: shape.count)]
      }
    ]
  }
}

extension OpenCLDevice {
  /// Stores one number everywhere.
  func fill(_ slice: OpenCLSlice, with value: Float, count: Int) -> KernelCall {
    elementwise("fill", in: "elementwise/scale.cl", count: count) { _ in [value, slice] }
  }
}

extension MovingAverage: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise("moving_average", in: "elementwise/scale.cl", count: count) { _ in
            [
              decay, (1 - decay) * correction, binding.operands[0], binding.operands[1],
              binding.results[0],
            ]
          }
        ]
      }
    ]
  }
}
