import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// The product of gathered patches with a packed weight, by the register tile: a convolution, one
/// group of it, one phase of its gradient, or a plain product of matrices.
struct TileProduct {
  /// Without its input.
  var patches: graft_patches
  /// Without its output.
  var placement: graft_placement
  /// The first channels of input and output, in floats.
  var inputOffset = 0
  var outputOffset = 0
  var packedOffset = 0
  /// Grid pixels of the whole batch.
  var rows: Int
  var columns: Int

  /// Part of a product, the work of one task.
  fileprivate struct Block {
    let product: Int
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// Splits the product so that `taskCount` tasks or more come out, if it is large enough.
  fileprivate func blocks(product: Int, taskCount: Int) -> [Block] {
    var patches = patches
    let width = graft_gemm_tile_columns()
    let groupRows = rows.cut(
      intoAtMost: graft_convolve_group_rows(&patches), multiplesOf: graft_gemm_tile_rows())
    let groups = max(1, rows.dividedRoundingUp(by: groupRows))
    let rowsPerBlock = max(1, min(8, groups / max(1, taskCount))) * groupRows
    let rowBlocks = rows.dividedRoundingUp(by: rowsPerBlock)
    let panels = max(1, columns.dividedRoundingUp(by: width))
    let columnBlocks = min(panels, max(1, taskCount / max(1, rowBlocks)))
    let columnsPerBlock = panels.dividedRoundingUp(by: columnBlocks) * width
    return stride(from: 0, to: rows, by: rowsPerBlock).flatMap { row in
      stride(from: 0, to: columns, by: columnsPerBlock).map { column in
        Block(
          product: product, rows: row..<min(rows, row + rowsPerBlock),
          columns: column..<min(columns, column + columnsPerBlock))
      }
    }
  }
}

/// Products that make up one operation, with a common epilogue.
struct TileProducts {
  let products: [TileProduct]
  let epilogue: Epilogue

  /// Scratch memory for so many workers, in floats.
  func workspaceCount(workers: Int) -> Int { scratchCount * workers }

  private var scratchCount: Int {
    let counts = products.map { product in
      var patches = product.patches
      return graft_convolve_rows_scratch_count(&patches, product.columns)
    }
    return (counts.max() ?? 0).roundedUp(to: 16)
  }

  /// The work on all products; operand 1 is the packed weight.
  func stage(_ data: BoundData, workers: Int) -> Stage {
    let (products, scratchCount) = (products, scratchCount)
    let (input, packed, output) = (data.operand(0), data.operand(1), data.result())
    let (scratch, finish) = (scratchCount > 0 ? data.workspace : nil, epilogue.kernel(data))
    let taskCount = max(1, 16 * workers / max(1, products.count))
    let blocks = products.enumerated().flatMap { $1.blocks(product: $0, taskCount: taskCount) }
    return Stage(taskCount: blocks.count) { task, worker in
      let block = blocks[task]
      let product = products[block.product]
      var patches = product.patches
      patches.input = input + product.inputOffset
      var placement = product.placement
      placement.output = output + product.outputOffset
      var epilogue = finish.shifted(by: product.outputOffset)
      graft_convolve_rows(
        &patches, packed + product.packedOffset, product.columns, &placement, &epilogue,
        block.rows.lowerBound, block.rows.upperBound, block.columns.lowerBound,
        block.columns.upperBound, scratch.map { $0 + worker * scratchCount })
    }
  }
}

extension Epilogue {
  /// The epilogue with the data of a bound step.
  func kernel(_ data: BoundData) -> graft_epilogue {
    graft_epilogue(
      bias: data.operand(biasIndex), residual: data.operand(residualIndex),
      activation: activation?.kernel ?? GRAFT_IDENTITY, slope: activation?.slope ?? 0)
  }
}

extension graft_epilogue {
  /// The epilogue of the channels from `offset` on.
  func shifted(by offset: Int) -> graft_epilogue {
    graft_epilogue(
      bias: bias.map { $0 + offset }, residual: residual.map { $0 + offset },
      activation: activation, slope: slope)
  }
}
