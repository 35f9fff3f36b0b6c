import GraftGraph
import GraftRuntime

extension EmbeddingLookup: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (table, result) = (problem.operands[0].shape, problem.results[0].shape)
    return [
      KernelLowering(name: "copy", device: device) { binding in
        [
          device.elementwise(
            "look_up", in: "movement/embedding.cl", count: result.count, along: [table[1]]
          ) { width in
            [
              table[0], table[1] / width, binding.operands[0], binding.operands[1],
              binding.results[0],
            ]
          }
        ]
      }
    ]
  }
}

extension EmbeddingGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (count, channels) = (problem.operands[0].shape.count, problem.results[0].shape[1])
    let width = device.vectorWidth(dividing: [channels])
    let lanes = device.groupWidth(for: channels / width)
    // Each block looks through all indices: fewer blocks than that would leave processors idle.
    let blockRows = device.isCPU ? max(16, rows.dividedRoundingUp(by: 64)) : 32
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [
          KernelCall(
            "look_up_gradient", in: "movement/embedding.cl",
            macros: ["VECTOR_WIDTH": "\(width)"],
            arguments: [
              channels / width, rows, blockRows, count, binding.operands[0], binding.operands[1],
              binding.results[0],
            ],
            range: WorkRange(
              lanes, rows.dividedRoundingUp(by: blockRows), group: SIMD3(lanes, 1, 1)))
        ]
      }
    ]
  }
}
