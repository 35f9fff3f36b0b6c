import GraftGraph
import GraftRuntime

/// A product in blocks that work-groups read through local memory (matrix/block.cl).
struct BlockProduct {
  let rows: Int
  let columns: Int
  let depth: Int
  var groups = 1
  /// Says what the operands are.
  let role: Role
  var epilogue = Epilogue.none
  /// Whether the depth may be split among work-groups whose sums are added up afterwards.
  var maySplit = false

  /// What the operands of a product are.
  enum Role {
    case product(transposesLeft: Bool, transposesRight: Bool)
    case convolution(ConvolutionProblem)
    case inputGradient(ConvolutionProblem)
    case kernelGradient(ConvolutionProblem)
  }

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
      name: "block", device: device, workspaceByteCount: splits == 1 ? 0 : splits * resultCount * 4
    ) { binding in
      let counts: [any KernelArgument] = [rows, columns, depth, depthPerSplit, groups]
      let target = splits == 1 ? binding.results[0] : try binding.reservedWorkspace
      let product = KernelCall(
        "block_product", in: "matrix/block.cl", macros: role.macros.merging(epilogue.macros) { $1 },
        arguments: counts + role.arguments + [binding.operands[0], binding.operands[1]]
          + epilogue.arguments(binding) + [target],
        range: range)
      if splits == 1 { return [product] }
      return [
        product,
        device.sumSlices(target, sliceCount: splits, count: resultCount, to: binding.results[0]),
      ]
    }
  }
}

extension BlockProduct.Role {
  fileprivate var macros: [String: String] {
    switch self {
    case .product(let transposesLeft, let transposesRight):
      [
        "ROLE": "PRODUCT", "TRANSPOSES_LEFT": transposesLeft ? "1" : "0",
        "TRANSPOSES_RIGHT": transposesRight ? "1" : "0",
      ]
    case .convolution: ["ROLE": "CONVOLUTION"]
    case .inputGradient: ["ROLE": "INPUT_GRADIENT"]
    case .kernelGradient: ["ROLE": "KERNEL_GRADIENT"]
    }
  }

  fileprivate var arguments: [any KernelArgument] {
    switch self {
    case .product: []
    case .convolution(let problem), .kernelGradient(let problem):
      [BlockGeometry(problem, grid: problem.result, other: problem.image, problem.imageChannels)]
    case .inputGradient(let problem):
      [BlockGeometry(problem, grid: problem.image, other: problem.result, problem.resultChannels)]
    }
  }
}

/// The structure `Geometry` of matrix/block.cl.
private struct BlockGeometry: KernelArgument, BitwiseCopyable {
  let gridHeight, gridWidth, strideY, strideX, kernelWidth, channels: Divisor
  let otherHeight, otherWidth, paddingY, paddingX, dilationY, dilationX: Int32

  init(_ problem: ConvolutionProblem, grid: Extent2D, other: Extent2D, _ channels: Int) {
    func divisor(_ value: Int) -> Divisor { Divisor(Int32(clamping: value)) }
    let geometry = problem.geometry
    (gridHeight, gridWidth) = (divisor(grid.height), divisor(grid.width))
    (strideY, strideX) = (divisor(geometry.strides.height), divisor(geometry.strides.width))
    (kernelWidth, self.channels) = (divisor(problem.kernel.width), divisor(channels))
    (otherHeight, otherWidth) = (Int32(clamping: other.height), Int32(clamping: other.width))
    (paddingY, paddingX) = (
      Int32(clamping: geometry.padding.top), Int32(clamping: geometry.padding.left)
    )
    (dilationY, dilationX) = (
      Int32(clamping: geometry.dilation.height), Int32(clamping: geometry.dilation.width)
    )
  }

  func pass(to kernel: inout KernelArguments) throws(OpenCLError) { try kernel.append(self) }
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
