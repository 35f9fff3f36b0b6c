import GraftGraph
import GraftRuntime

private let file = "normalization/layer.cl"

/// x as (rows, channels), with the vectors that a row is worked on in.
private struct NormalizedRows {
  let channels: Int
  let rows: Int
  let vectors: Int
  let epsilon: Float
  let device: OpenCLDevice
  private let macros: [String: String]

  init(_ type: TensorType, epsilon: Float, on device: OpenCLDevice) {
    channels = type.shape.extents.last ?? 1
    rows = type.shape.count / channels
    let width = device.vectorWidth(dividing: [channels])
    vectors = channels / width
    macros = ["VECTOR_WIDTH": "\(width)"]
    (self.epsilon, self.device) = (epsilon, device)
  }

  /// A kernel that works on whole rows.
  func rowCall(_ kernel: String, _ arguments: [any KernelArgument]) -> KernelCall {
    device.rowwise(
      kernel, in: file, rows: rows, macros: macros,
      arguments: [vectors, channels, epsilon] + arguments)
  }

  /// A kernel that takes one vector of channels, of one of `count` chunks, a work-item.
  func channelCall(
    _ kernel: String, chunks count: Int = 1, _ arguments: [any KernelArgument]
  ) -> KernelCall {
    KernelCall(
      kernel, in: file, macros: macros, arguments: [vectors] + arguments,
      range: device.range(vectors, count))
  }
}

extension LayerNormalization: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = NormalizedRows(problem.operands[0], epsilon: epsilon, on: device)
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [layout.rowCall("layer_normalization", binding.operands + [binding.results[0]])]
      }
    ]
  }
}

extension LayerNormalizationGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = NormalizedRows(problem.operands[0], epsilon: epsilon, on: device)
    return [
      KernelLowering(name: "rows", device: device) { binding in
        [layout.rowCall("layer_normalization_gradient", binding.operands + [binding.results[0]])]
      }
    ]
  }
}

extension LayerNormalizationParameterGradient: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let layout = NormalizedRows(problem.operands[0], epsilon: epsilon, on: device)
    let chunks = RowChunks(rows: layout.rows, vectors: layout.vectors, on: device)
    let momentBytes = 2 * 4 * layout.rows
    let chunkBytes = 2 * 4 * layout.channels * chunks.count
    return [
      KernelLowering(
        name: "three stages", device: device, workspaceByteCount: momentBytes + chunkBytes
      ) { binding in
        let workspace = try binding.reservedWorkspace
        let sums = workspace.part(byteOffset: 0, byteCount: chunkBytes)
        let moments = workspace.part(byteOffset: chunkBytes, byteCount: momentBytes)
        let (x, gradient) = (binding.operands[0], binding.operands[1])
        return [
          layout.rowCall("row_moments", [x, moments]),
          layout.channelCall(
            "chunk_layer_gradients", chunks: chunks.count,
            [layout.rows, chunks.rowsPerChunk, x, gradient, moments, sums]),
          layout.channelCall(
            "merge_layer_gradients", [chunks.count, sums, binding.results[0], binding.results[1]]),
        ]
      }
    ]
  }
}
