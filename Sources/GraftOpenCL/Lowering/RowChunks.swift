/// How the rows of (rows, columns) are cut into chunks that are reduced for themselves first.
struct RowChunks {
  let rowsPerChunk: Int
  let count: Int

  /// - Parameters:
  ///   - rows: The rows of each matrix.
  ///   - vectors: The vectors of one row.
  ///   - matrices: How many matrices there are, which bring parallelism of their own.
  init(rows: Int, vectors: Int, matrices: Int = 1, on device: OpenCLDevice) {
    let wanted: Int
    if device.isCPU {
      // A chunk's rows stay in the first-level cache while its columns are walked.
      wanted = max(64, 2048 / vectors)
    } else {
      let parallelism = 32_768 / max(1, vectors * matrices)
      wanted = max(16, rows / max(1, parallelism))
    }
    let mostChunks = 512
    rowsPerChunk = min(rows, max(wanted, rows.dividedRoundingUp(by: mostChunks)))
    count = rows.dividedRoundingUp(by: rowsPerChunk)
  }
}
