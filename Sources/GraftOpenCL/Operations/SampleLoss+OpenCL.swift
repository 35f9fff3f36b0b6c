import GraftGraph
import GraftRuntime

private let file = "loss/sample.cl"

extension SampleLoss.Kind {
  fileprivate var macros: [String: String] {
    switch self {
    case .softmaxCrossEntropy: ["KIND": "SOFTMAX_CROSS_ENTROPY"]
    case .binaryCrossEntropy: ["KIND": "BINARY_CROSS_ENTROPY"]
    case .meanSquaredError: ["KIND": "MEAN_SQUARED_ERROR"]
    }
  }

  fileprivate var smoothing: Float {
    if case .softmaxCrossEntropy(let smoothing) = self { smoothing } else { 0 }
  }
}

extension SampleLoss: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (rows, columns) = (problem.operands[0].shape[0], problem.operands[0].shape[1])
    return [
      KernelLowering(name: "rows", device: device, workspaceByteCount: rows * 4) { binding in
        let losses = try binding.reservedWorkspace
        let sampleLosses = device.rowwise(
          "sample_losses", in: file, rows: rows, macros: kind.macros,
          arguments: [columns, kind.smoothing] + binding.operands + [losses])
        return [
          sampleLosses,
          KernelCall(
            "mean_loss", in: file, macros: sampleLosses.macros,
            arguments: [rows, losses, binding.operands[2], binding.results[0]],
            range: WorkRange(1)),
        ]
      }
    ]
  }
}

extension SampleLossGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let (rows, columns) = (problem.operands[0].shape[0], problem.operands[0].shape[1])
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [
          device.rowwise(
            "sample_loss_gradient", in: file, rows: rows, macros: kind.macros,
            arguments: [rows, columns, kind.smoothing] + binding.operands + binding.results)
        ]
      }
    ]
  }
}
