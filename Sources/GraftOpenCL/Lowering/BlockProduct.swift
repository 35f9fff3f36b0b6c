import GraftGraph
import GraftRuntime

/// A product in blocks that work-groups read through local memory (matrix/block.cl).
struct BlockProduct {
  let rows: Int
  let columns: Int
  let depth: Int
  var groups = 1
  /// Says what the operands are.
  let macros: [String: String]
  var epilogue = Epilogue.none
  /// Whether the depth may be split among work-groups whose sums are added up afterwards.
  var maySplit = false

  private static let blockWidth = 64
  private static let blockDepth = 16

  /// How many parts the depth is split into, so that all of a GPU has work.
  private func splitCount(on device: OpenCLDevice) -> Int {
    guard maySplit else { return 1 }
    let blocks =
      rows.dividedRoundingUp(by: Self.blockWidth) * columns.dividedRoundingUp(by: Self.blockWidth)
      * groups
    let wanted = (8 * device.description.computeUnitCount).dividedRoundingUp(by: blocks)
    let most = depth.dividedRoundingUp(by: 16 * Self.blockDepth)
    return max(1, min(wanted, most, 64))
  }

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    let depthPerSplit = depth.dividedRoundingUp(by: splitCount(on: device))
      .roundedUp(to: Self.blockDepth)
    let splits = depth.dividedRoundingUp(by: depthPerSplit)
    let resultCount = rows * columns * groups
    let side = 16
    let range = WorkRange(
      columns.dividedRoundingUp(by: Self.blockWidth) * side,
      rows.dividedRoundingUp(by: Self.blockWidth) * side, groups * splits,
      group: SIMD3(side, side, 1))
    return KernelLowering(
      name: "block", device: device, workspaceByteCount: splits == 1 ? 0 : splits * resultCount * 4,
      isContender: !device.isCPU
    ) { binding in
      let counts: [any KernelArgument] = [rows, columns, depth, depthPerSplit]
      let target = binding.workspace ?? binding.results[0]
      let product = KernelCall(
        "block_product", in: "matrix/block.cl", macros: macros.merging(epilogue.macros) { $1 },
        arguments: counts + [binding.operands[0], binding.operands[1]]
          + epilogue.arguments(binding) + [target],
        range: range)
      guard binding.workspace != nil else { return [product] }
      return [
        product,
        device.sumSlices(target, sliceCount: splits, count: resultCount, to: binding.results[0]),
      ]
    }
  }
}

extension OpenCLDevice {
  /// Adds up slices of `count` elements each, in their order.
  func sumSlices(
    _ slices: OpenCLSlice, sliceCount: Int, count: Int, to result: OpenCLSlice
  ) -> KernelCall {
    elementwise("sum_slices", in: "reduction/slices.cl", count: count) { _ in
      [sliceCount, slices, result]
    }
  }
}
