import GraftGraph
import GraftRuntime

extension Sum: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    let whole = problem.operands[0].shape
    switch Broadcast(from: shape, to: whole) {
    case .channels?:
      let columns = whole.extents.last ?? 1
      return [
        ColumnReduction(matrices: 1, rows: whole.count / columns, columns: columns)
          .lowering(on: device)
      ]
    case .sampleChannels?:
      return [
        ColumnReduction(matrices: whole[0], rows: whole[1] * whole[2], columns: whole[3])
          .lowering(on: device)
      ]
    case .scalar?: return [totalLowering(count: whole.count, squares: false, on: device)]
    case .same?, nil: return Scale(by: 1).candidates(for: problem, on: device)
    }
  }
}

extension SumOfSquares: OpenCLOperation {
  func candidates(
    for problem: Problem, on device: OpenCLDevice
  ) -> [any Lowering<OpenCLBuffer>] {
    [totalLowering(count: problem.operands[0].shape.count, squares: true, on: device)]
  }
}

/// The sum of all elements, or of their squares: of chunks first, then of the chunks' sums.
private func totalLowering(
  count: Int, squares: Bool, on device: OpenCLDevice
) -> KernelLowering {
  let width = device.vectorWidth(dividing: [count])
  let vectors = count / width
  let vectorsPerChunk = max(64, vectors.dividedRoundingUp(by: 1024))
  let chunkCount = vectors.dividedRoundingUp(by: vectorsPerChunk)
  var macros = ["VECTOR_WIDTH": "\(width)"]
  if squares { macros["SQUARES"] = "1" }
  return KernelLowering(
    name: "two stages", device: device, workspaceByteCount: chunkCount * 4
  ) { binding in
    let sums = try binding.reservedWorkspace
    let file = "reduction/total.cl"
    return [
      KernelCall(
        "sum_chunks", in: file, macros: macros,
        arguments: [vectors, vectorsPerChunk, binding.operands[0], sums],
        range: WorkRange(chunkCount)),
      KernelCall(
        "sum_of_chunks", in: file, macros: macros,
        arguments: [chunkCount, sums, binding.results[0]], range: WorkRange(1)),
    ]
  }
}

/// Reduces (matrices, rows, columns) to (matrices, columns), in two stages where that is faster.
struct ColumnReduction {
  enum Function: String {
    case sum = "SUM"
    case maximum = "MAXIMUM"
  }

  var function = Function.sum
  let matrices: Int
  let rows: Int
  let columns: Int
  /// What each result is multiplied by.
  var factor: Float = 1

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    let width = device.vectorWidth(dividing: [columns])
    let vectors = columns / width
    let chunks = RowChunks(rows: rows, vectors: vectors, matrices: matrices, on: device)
    let macros = ["VECTOR_WIDTH": "\(width)", "REDUCTION": function.rawValue]
    func call(
      rows: Int, rowsPerChunk: Int, factor: Float, from source: OpenCLSlice, to target: OpenCLSlice
    ) -> KernelCall {
      KernelCall(
        "reduce_columns", in: "reduction/columns.cl", macros: macros,
        arguments: [vectors, rows, rowsPerChunk, factor, source, target],
        range: device.range(vectors, rows.dividedRoundingUp(by: rowsPerChunk), matrices))
    }
    return KernelLowering(
      name: chunks.count == 1 ? "one stage" : "two stages", device: device,
      workspaceByteCount: chunks.count == 1 ? 0 : matrices * chunks.count * columns * 4
    ) { binding in
      if chunks.count == 1 {
        return [
          call(
            rows: rows, rowsPerChunk: rows, factor: factor, from: binding.operands[0],
            to: binding.results[0])
        ]
      }
      let partial = try binding.reservedWorkspace
      return [
        call(
          rows: rows, rowsPerChunk: chunks.rowsPerChunk, factor: 1, from: binding.operands[0],
          to: partial),
        call(
          rows: chunks.count, rowsPerChunk: chunks.count, factor: factor, from: partial,
          to: binding.results[0]),
      ]
    }
  }
}
