import GraftGraph
import GraftRuntime

private let file = "normalization/batch.cl"

/// x as (rows, channels), with the vectors that channels are worked on in.
private struct ChannelRows {
  let channels: Int
  let rows: Int
  let width: Int
  let chunks: RowChunks
  let device: OpenCLDevice

  init(_ type: TensorType, on device: OpenCLDevice) {
    channels = type.shape.extents.last ?? 1
    rows = type.shape.count / channels
    width = device.vectorWidth(dividing: [channels])
    chunks = RowChunks(rows: rows, vectors: channels / width, on: device)
    self.device = device
  }

  var vectors: Int { channels / width }
  var macros: [String: String] { ["VECTOR_WIDTH": "\(width)"] }
  /// Two numbers a channel and chunk.
  var chunkByteCount: Int { 2 * 4 * channels * chunks.count }
  var channelByteCount: Int { 4 * channels }

  /// A kernel that takes one vector of channels of one chunk a work-item.
  func chunkCall(_ kernel: String, _ arguments: [any KernelArgument]) -> KernelCall {
    KernelCall(
      kernel, in: file, macros: macros,
      arguments: [vectors, rows, chunks.rowsPerChunk] + arguments,
      range: device.range(vectors, chunks.count))
  }

  /// A kernel that takes one vector of channels a work-item.
  func mergeCall(_ kernel: String, _ arguments: [any KernelArgument]) -> KernelCall {
    KernelCall(
      kernel, in: file, macros: macros, arguments: [vectors] + arguments,
      range: device.range(vectors))
  }

  /// A kernel that takes all elements.
  func applyCall(_ kernel: String, _ arguments: [any KernelArgument]) -> KernelCall {
    device.elementwise(kernel, in: file, count: rows * channels, along: [channels]) { width in
      [channels / width] + arguments
    }
  }

  /// The gradients of gamma and beta.
  func parameterGradients(
    x: OpenCLSlice, mean: OpenCLSlice, variance: OpenCLSlice, gradient: OpenCLSlice,
    epsilon: Float, workspace: OpenCLSlice, gamma: OpenCLSlice, beta: OpenCLSlice
  ) -> [KernelCall] {
    [
      chunkCall("chunk_gradients", [x, mean, gradient, workspace]),
      mergeCall("merge_gradients", [chunks.count, epsilon, workspace, variance, gamma, beta]),
    ]
  }
}

extension BatchNormalization: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = ChannelRows(problem.operands[0], on: device)
    return [
      KernelLowering(
        name: "elementwise", device: device, workspaceByteCount: layout.channelByteCount
      ) { binding in
        let scale = try binding.reservedWorkspace
        let operands = binding.operands
        return [
          device.normalizationScale(
            gamma: operands[1], variance: operands[4], epsilon: epsilon, result: scale,
            count: layout.channels),
          layout.applyCall(
            "apply_normalization",
            [operands[0], operands[3], scale, operands[2], binding.results[0]]),
        ]
      }
    ]
  }
}

extension NormalizationScale: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let count = problem.results[0].shape.count
    return [
      KernelLowering(name: "elementwise", device: device) { binding in
        [
          device.normalizationScale(
            gamma: binding.operands[0], variance: binding.operands[1], epsilon: epsilon,
            result: binding.results[0], count: count)
        ]
      }
    ]
  }
}

extension OpenCLDevice {
  fileprivate func normalizationScale(
    gamma: OpenCLSlice, variance: OpenCLSlice, epsilon: Float, result: OpenCLSlice, count: Int
  ) -> KernelCall {
    elementwise("normalization_scale", in: file, count: count) { _ in
      [epsilon, gamma, variance, result]
    }
  }
}

extension BatchNormalizationParameterGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = ChannelRows(problem.operands[0], on: device)
    return [
      KernelLowering(
        name: "two stages", device: device, workspaceByteCount: layout.chunkByteCount
      ) { binding in
        let workspace = try binding.reservedWorkspace
        let operands = binding.operands
        return layout.parameterGradients(
          x: operands[0], mean: operands[1], variance: operands[2], gradient: operands[3],
          epsilon: epsilon, workspace: workspace, gamma: binding.results[0],
          beta: binding.results[1])
      }
    ]
  }
}

extension BatchNormalizationTraining: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = ChannelRows(problem.operands[0], on: device)
    return [
      KernelLowering(
        name: "two stages", device: device,
        workspaceByteCount: layout.chunkByteCount + layout.channelByteCount
      ) { binding in
        let workspace = try binding.reservedWorkspace
        let chunks = workspace.part(byteOffset: 0, byteCount: layout.chunkByteCount)
        let scale = workspace.part(
          byteOffset: layout.chunkByteCount, byteCount: layout.channelByteCount)
        let (operands, results) = (binding.operands, binding.results)
        return [
          layout.chunkCall("chunk_statistics", [operands[0], chunks]),
          layout.mergeCall(
            "merge_statistics",
            [
              layout.rows, layout.chunks.rowsPerChunk, epsilon, chunks, operands[1], results[1],
              results[2], scale,
            ]),
          layout.applyCall(
            "apply_normalization", [operands[0], results[1], scale, operands[2], results[0]]),
        ]
      }
    ]
  }
}

extension BatchNormalizationTrainingGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = ChannelRows(problem.operands[0], on: device)
    return [
      KernelLowering(
        name: "two stages", device: device, workspaceByteCount: layout.chunkByteCount
      ) { binding in
        let workspace = try binding.reservedWorkspace
        let (operands, results) = (binding.operands, binding.results)
        return layout.parameterGradients(
          x: operands[0], mean: operands[2], variance: operands[3], gradient: operands[4],
          epsilon: epsilon, workspace: workspace, gamma: results[1], beta: results[2])
          + [
            layout.applyCall(
              "apply_gradient",
              [
                layout.rows, epsilon, operands[0], operands[1], operands[2], operands[3],
                results[1], results[2], operands[4], results[0],
              ])
          ]
      }
    ]
  }
}
