import GraftGraph
import GraftRuntime

extension MaskedMean: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    [device.sequences("masked_mean", problem.operands[0].shape)]
  }
}

extension MaskedMeanGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    [device.sequences("masked_mean_gradient", problem.results[0].shape)]
  }
}

extension OpenCLDevice {
  /// A kernel that works on sequences (N, length, channels), a vector of channels at a time.
  fileprivate func sequences(_ kernel: String, _ shape: Shape) -> KernelLowering {
    let width = vectorWidth(dividing: [shape[2]])
    return KernelLowering(name: "rows", device: self) { binding in
      [
        KernelCall(
          kernel, in: "reduction/masked_mean.cl", macros: ["VECTOR_WIDTH": "\(width)"],
          arguments: [
            shape[2] / width, shape[1], binding.operands[0], binding.operands[1],
            binding.results[0],
          ],
          range: self.range(shape[2] / width, shape[0]))
      ]
    }
  }
}
