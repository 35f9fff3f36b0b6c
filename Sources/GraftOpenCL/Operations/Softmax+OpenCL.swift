import GraftGraph
import GraftRuntime

extension OpenCLDevice {
  /// A call of a kernel that works on whole rows, one work-group a row.
  func rowwise(
    _ kernel: String, in file: String, rows: Int, macros: [String: String] = [:],
    arguments: [any KernelArgument]
  ) -> KernelCall {
    let lanes = isCPU ? 1 : min(64, description.largestWorkGroup)
    return KernelCall(
      kernel, in: file, macros: macros.merging(["LANES": "\(lanes)"]) { $1 },
      arguments: arguments, range: WorkRange(rows * lanes, group: SIMD3(lanes, 1, 1)))
  }
}

extension Softmax: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let shape = problem.results[0].shape
    let columns = shape.extents.last ?? 1
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [
          device.rowwise(
            "softmax", in: "loss/softmax.cl", rows: shape.count / columns,
            arguments: [columns, binding.operands[0], binding.results[0]])
        ]
      }
    ]
  }
}

extension SoftmaxGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let shape = problem.results[0].shape
    let columns = shape.extents.last ?? 1
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [
          device.rowwise(
            "softmax_gradient", in: "loss/softmax.cl", rows: shape.count / columns,
            arguments: [columns, binding.operands[0], binding.operands[1], binding.results[0]])
        ]
      }
    ]
  }
}
