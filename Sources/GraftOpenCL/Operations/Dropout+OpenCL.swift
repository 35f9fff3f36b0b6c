import GraftGraph
import GraftRuntime

extension Dropout: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    let rowLength = count / problem.results[0].shape[0]
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.elementwise(
            "dropout", in: "elementwise/dropout.cl", count: count, along: [rowLength]
          ) { width in
            [
              rowLength / width, UInt32(truncatingIfNeeded: stream), threshold, 1 / (1 - rate),
              binding.operands[0], binding.operands[1], binding.results[0],
            ]
          }
        ]
      }
    ]
  }
}
