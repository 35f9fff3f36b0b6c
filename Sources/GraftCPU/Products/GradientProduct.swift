import GraftCPUKernels
import GraftRuntime

/// The product of transposed patches with the gradients of the output: a kernel's gradient, one
/// group of it, or a product whose left matrix is transposed.
struct GradientProduct {
  /// Without its input.
  var patches: graft_patches
  /// Floats from one output pixel's gradients to the next.
  var gradientStride: Int
  var inputOffset = 0
  var gradientOffset = 0
  var resultOffset = 0
  /// Grid pixels of the whole batch: what is summed over.
  var rows: Int
  var columns: Int
  /// Floats from one row of the result to the next.
  var resultStride: Int

  var depth: Int { patches.tap_rows * patches.tap_columns * patches.channels }
}

/// Gradient products that make up one operation.
struct GradientProducts {
  let products: [GradientProduct]
  /// The size of the whole result, in floats.
  let resultCount: Int

  private static let depthPerBlock = 192
  private static let columnsPerBlock = 256
  /// Fewer blocks than this and the sums are split too.
  private static let blockCount = 32
  private static let rowsPerPart = 1024

  private struct Block {
    let product: Int
    let depths: Range<Int>
    let columns: Range<Int>
  }

  private var blocks: [Block] {
    products.enumerated().flatMap { index, product in
      stride(from: 0, to: product.depth, by: Self.depthPerBlock).flatMap { depth in
        stride(from: 0, to: product.columns, by: Self.columnsPerBlock).map { column in
          Block(
            product: index, depths: depth..<min(product.depth, depth + Self.depthPerBlock),
            columns: column..<min(product.columns, column + Self.columnsPerBlock))
        }
      }
    }
  }

  /// How the rows are split: by the extents alone, so that results don't depend on the number of
  /// threads.
  private var rowParts: RowParts {
    let rows = products.map(\.rows).max() ?? 0
    let wanted = Self.blockCount / max(1, blocks.count)
    let possible = rows / Self.rowsPerPart
    return RowParts(rows: rows, maximumParts: max(1, min(wanted, possible)))
  }

  /// Operands: image and gradient. Result: the product.
  func lowering(_ name: String, on device: CPUDevice) -> CPULowering {
    let (products, blocks, parts, count) = (products, blocks, rowParts, resultCount)
    let scratchCount = graft_convolve_weight_gradient_scratch_count(
      min(Self.depthPerBlock, products.map(\.depth).max() ?? 0),
      min(Self.columnsPerBlock, products.map(\.columns).max() ?? 0)
    ).roundedUp(to: 16)
    let partialCount = parts.count > 1 ? parts.count * count.roundedUp(to: 16) : 0
    return CPULowering(
      name, on: device, workspaceCount: partialCount + scratchCount * device.threadCount
    ) { data in
      let (image, gradient) = (data.operand(0), data.operand(1))
      let (partial, scratch) = (data.workspace, data.workspace + partialCount)
      let target = parts.count > 1 ? partial : data.result()
      let products = Stage(taskCount: blocks.count * parts.count) { task, worker in
        let (block, part) = (blocks[task / parts.count], task % parts.count)
        let product = products[block.product]
        var patches = product.patches
        patches.input = image + product.inputOffset
        graft_convolve_weight_gradient(
          &patches, gradient + product.gradientOffset, product.gradientStride,
          target + part * count + product.resultOffset, product.columns, product.resultStride,
          parts[part].lowerBound, parts[part].upperBound, block.depths.lowerBound,
          block.depths.upperBound, block.columns.lowerBound, block.columns.upperBound,
          scratch + worker * scratchCount)
      }
      return parts.count > 1
        ? [products, partialSum(partial, parts: parts.count, count: count, to: data.result())]
        : [products]
    }
  }
}
