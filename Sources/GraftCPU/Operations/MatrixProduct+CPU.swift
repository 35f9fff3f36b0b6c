import COpenBLAS
import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// The extents of a product of matrices.
private struct MatrixExtents {
  let rows: Int
  let depth: Int
  let columns: Int

  init(_ product: MatrixProduct, _ problem: Problem) {
    let (left, result) = (problem.operands[0].shape, problem.results[0].shape)
    columns = result[result.rank - 1]
    rows = result.count / max(1, columns)
    depth = left[product.transposesLeft ? 0 : left.rank - 1]
  }

  /// A matrix of `rows` rows as patches of one pixel each.
  func patches(rows: Int, columns: Int) -> graft_patches {
    graft_patches(
      input: nil, input_rows: 1, input_columns: rows, pixel_stride: columns, channels: columns,
      tap_rows: 1, tap_columns: 1, tap_row_step: 1, tap_column_step: 1, grid_rows: 1,
      grid_columns: rows, grid_row_step: 1, grid_column_step: 1, first_row: 0, first_column: 0)
  }
}

extension MatrixProduct: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let extents = MatrixExtents(self, problem)
    var candidates = [openBLAS(extents, on: device)]
    if !transposesLeft {
      // Packing pays where it is done once, or where many rows share it.
      let pays = problem.constantOperands.contains(1) || extents.rows >= 256
      candidates.insert(tile(extents, on: device), at: pays ? 0 : 1)
    } else if !transposesRight && epilogue == .none {
      candidates.insert(transposedTile(extents, on: device), at: 0)
    }
    return candidates
  }

  private func tile(_ extents: MatrixExtents, on device: CPUDevice) -> CPULowering {
    var packing = WeightPacking()
    let place = packing.add(
      offset: 0, depthStride: transposesRight ? 1 : extents.columns,
      columnStride: transposesRight ? extents.depth : 1, depth: extents.depth,
      columns: extents.columns)
    let product = TileProduct(
      patches: extents.patches(rows: extents.rows, columns: extents.depth),
      placement: graft_placement(
        output: nil, pixel_stride: extents.columns, output_rows: 1, output_columns: extents.rows,
        row_step: 1, column_step: 1, first_row: 0, first_column: 0),
      packedOffset: place, rows: extents.rows, columns: extents.columns)
    let work = TileProducts(products: [product], epilogue: epilogue)
    let workers = device.threadCount
    let key = """
      tile \(graft_gemm_tile_columns()) columns, \(extents.depth)×\(extents.columns)\
      \(transposesRight ? " transposed" : "")
      """
    return CPULowering(
      "tile", on: device, workspaceCount: work.workspaceCount(workers: workers),
      preparations: [
        device.preparation(
          ofOperand: 1, key: key, count: packing.count, { [packing] in packing.stage($0, $1) })
      ]
    ) { [work.stage($0, workers: workers)] }
  }

  private func transposedTile(_ extents: MatrixExtents, on device: CPUDevice) -> CPULowering {
    let product = GradientProduct(
      patches: extents.patches(rows: extents.depth, columns: extents.rows),
      gradientStride: extents.columns, rows: extents.depth, columns: extents.columns,
      resultStride: extents.columns)
    return GradientProducts(products: [product], resultCount: extents.rows * extents.columns)
      .lowering("tile", on: device)
  }

  /// OpenBLAS on blocks of the result, one thread each.
  private func openBLAS(_ extents: MatrixExtents, on device: CPUDevice) -> CPULowering {
    let (rows, depth, columns) = (extents.rows, extents.depth, extents.columns)
    let (transposesLeft, transposesRight, epilogue) = (transposesLeft, transposesRight, epilogue)
    let (blockRows, blockColumns) = (256, 256)
    let columnBlocks = (columns + blockColumns - 1) / blockColumns
    let rowBlocks = (rows + blockRows - 1) / blockRows
    let leftStride = transposesLeft ? rows : depth
    let rightStride = transposesRight ? depth : columns
    return CPULowering("openblas", on: device) { data in
      let (left, right, result) = (data.operand(0), data.operand(1), data.result())
      let finish = epilogue.kernel(data)
      return [
        Stage(taskCount: rowBlocks * columnBlocks) { task, _ in
          let (row, column) = (task / columnBlocks * blockRows, task % columnBlocks * blockColumns)
          let (height, width) = (min(blockRows, rows - row), min(blockColumns, columns - column))
          let target = result + row * columns + column
          if let residual = finish.residual, UnsafePointer(result) != residual {
            graft_copy_rows(
              residual + row * columns + column, columns, target, columns, height, width)
          }
          cblas_sgemm(
            CblasRowMajor, transposesLeft ? CblasTrans : CblasNoTrans,
            transposesRight ? CblasTrans : CblasNoTrans, blasint(height), blasint(width),
            blasint(depth), 1, left + (transposesLeft ? row : row * leftStride),
            blasint(leftStride), right + (transposesRight ? column * rightStride : column),
            blasint(rightStride), finish.residual == nil ? 0 : 1, target, blasint(columns))
          var rest = finish.shifted(by: column)
          for line in 0..<height {
            graft_finish_rows(&rest, nil, target + line * columns, 1, width)
          }
        }
      ]
    }
  }

}
