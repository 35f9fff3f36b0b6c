import GraftGraph
import GraftRuntime

/// The gradient of a convolution's kernel, or a product whose left matrix is transposed, in register
/// tiles (convolution/kernel_gradient_tile.cl).
struct KernelGradientTile {
  private let problem: ConvolutionProblem

  init(_ problem: ConvolutionProblem) { self.problem = problem }

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    let blocking = KernelGradientBlocking(problem, on: device)
    let counts =
      [
        blocking.taskCount, blocking.splitCount, blocking.rowsPerBlock, blocking.columnsPerBlock,
        blocking.stepCount, blocking.scratchCount, problem.resultPixels, blocking.pixelsPerSplit,
        problem.imageCount, problem.groups, problem.image.height, problem.image.width,
        problem.imageChannels, problem.result.height, problem.result.width,
        problem.resultChannels,
      ] + problem.windowArguments
    let scratchByteCount = 4 * blocking.itemCount * blocking.scratchCount
    let sumsByteCount = blocking.splitCount == 1 ? 0 : 4 * blocking.splitCount * problem.kernelCount
    return KernelLowering(
      name: "tile", device: device, workspaceByteCount: scratchByteCount + sumsByteCount
    ) { binding in
      let workspace = try binding.reservedWorkspace
      let scratch = workspace.part(byteOffset: 0, byteCount: scratchByteCount)
      let target =
        sumsByteCount == 0
        ? binding.results[0]
        : workspace.part(byteOffset: scratchByteCount, byteCount: sumsByteCount)
      let sums = KernelCall(
        "kernel_gradient_tile", in: "convolution/kernel_gradient_tile.cl",
        macros: blocking.macros,
        arguments: counts + [binding.operands[0], binding.operands[1], scratch, target],
        range: WorkRange(blocking.itemCount))
      guard sumsByteCount > 0 else { return [sums] }
      return [
        sums,
        device.sumSlices(
          target, sliceCount: blocking.splitCount, count: problem.kernelCount,
          to: binding.results[0]),
      ]
    }
  }
}

/// How a kernel's rows (a tap and an input channel each), its columns and the pixels that are summed
/// over are shared among work-items.
private struct KernelGradientBlocking {
  let rowsPerBlock: Int
  let columnsPerBlock: Int
  let pixelsPerSplit: Int
  let splitCount: Int
  /// The pixels whose operands are packed together.
  let stepCount: Int
  let taskCount: Int
  /// The work-items, each with scratch memory of its own.
  let itemCount: Int
  /// The floats of one work-item's scratch memory.
  let scratchCount: Int
  let macros: [String: String]

  init(_ problem: ConvolutionProblem, on device: OpenCLDevice) {
    let (width, units) = (device.registerWidth, device.description.computeUnitCount)
    let (tileRows, panelWidth) = (width >= 16 ? 12 : 6, 2 * width)
    let (rows, pixels) = (problem.taps * problem.imageChannels, problem.resultPixels)
    // Both operands of a block and the sums stay in a second-level cache of 512 KiB, more or less.
    rowsPerBlock = rows.cut(intoAtMost: 192, multiplesOf: tileRows)
    columnsPerBlock = problem.resultChannels.cut(intoAtMost: 256, multiplesOf: panelWidth)
    let blockCount =
      problem.groups * rows.dividedRoundingUp(by: rowsPerBlock)
      * problem.resultChannels.dividedRoundingUp(by: columnsPerBlock)
    // Where there are few blocks the pixels are split too, unless the sums took more than 32 MiB.
    let wanted = min(max(32, 4 * units) / blockCount, pixels / 1024)
    let affordable = (32 << 20) / (4 * problem.kernelCount)
    let most = max(1, min(wanted, affordable))
    pixelsPerSplit = pixels.cut(intoAtMost: pixels.dividedRoundingUp(by: most))
    splitCount = pixels.dividedRoundingUp(by: pixelsPerSplit)
    stepCount = min(256, pixelsPerSplit)
    let packedSteps = 16
    taskCount = blockCount * splitCount
    itemCount = min(taskCount, 2 * units)
    let (leftPanel, rightPanel) = (stepCount * tileRows + width, stepCount * panelWidth)
    scratchCount =
      (packedSteps * (rowsPerBlock + width) + rowsPerBlock / tileRows * leftPanel
      + columnsPerBlock / panelWidth * rightPanel).roundedUp(to: 32)
    macros = ["VECTOR_WIDTH": "\(width)", "ROWS": "\(tileRows)"]
  }
}
