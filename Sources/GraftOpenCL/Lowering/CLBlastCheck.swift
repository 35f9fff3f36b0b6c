import GraftRuntime

/// Compares CLBlast's products with a plain loop on the host.
struct CLBlastCheck {
  let library: CLBlastLibrary
  let context: OpenCLContext
  let queue: OpenCLQueue

  /// Small and odd shapes take CLBlast's direct kernel, the large one its tiled kernel.
  private static let products = [
    CLBlastProduct(rows: 17, columns: 33, depth: 65),
    CLBlastProduct(rows: 33, columns: 17, depth: 9, transposesLeft: true),
    CLBlastProduct(rows: 31, columns: 64, depth: 48, transposesRight: true),
    CLBlastProduct(rows: 9, columns: 7, depth: 5, transposesLeft: true, transposesRight: true),
    CLBlastProduct(rows: 448, columns: 416, depth: 200, transposesRight: true),
  ]

  func passes() throws -> Bool {
    for product in Self.products where try !agrees(product) { return false }
    return true
  }

  private func agrees(_ product: CLBlastProduct) throws -> Bool {
    // Small whole numbers: every sum is exact, so any difference is a fault.
    let left = (0..<product.rows * product.depth).map { Float($0 * 7 % 11) - 5 }
    let right = (0..<product.depth * product.columns).map { Float($0 * 5 % 13) - 6 }
    let count = product.rows * product.columns
    let result = try slice(of: [Float](repeating: .nan, count: count))
    let byteCount = try library.workspaceByteCount(of: product)
    let workspace: OpenCLBufferPart? =
      byteCount == 0
      ? nil : try OpenCLBufferPart(slice(of: [Float](repeating: 0, count: byteCount / 4)))
    try library.enqueue(
      product, left: slice(of: left), right: slice(of: right), result: result,
      workspace: workspace)
    var found = [Float](repeating: 0, count: count)
    try read(result, into: &found)
    return found == expected(product, left, right)
  }

  private func expected(_ product: CLBlastProduct, _ left: [Float], _ right: [Float]) -> [Float] {
    var result = [Float](repeating: 0, count: product.rows * product.columns)
    for row in 0..<product.rows {
      for k in 0..<product.depth {
        let value = left[product.transposesLeft ? k * product.rows + row : row * product.depth + k]
        for column in 0..<product.columns {
          let place =
            product.transposesRight ? column * product.depth + k : k * product.columns + column
          result[row * product.columns + column] += value * right[place]
        }
      }
    }
    return result
  }

  private func slice(of values: [Float]) throws -> OpenCLSlice {
    let buffer = try OpenCLBuffer(byteCount: values.count * 4, in: context)
    try values.withUnsafeBytes { try queue.write($0, to: buffer, atByteOffset: 0) }
    return OpenCLSlice(buffer, byteOffset: 0, byteCount: buffer.byteCount)
  }

  private func read(_ slice: OpenCLSlice, into values: inout [Float]) throws {
    try values.withUnsafeMutableBytes { try queue.read(slice.buffer, atByteOffset: 0, into: $0) }
  }
}
