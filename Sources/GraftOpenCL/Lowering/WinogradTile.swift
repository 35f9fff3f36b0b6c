import GraftGraph
import GraftRuntime

/// A convolution by 3×3 kernels with stride 1, or the gradient of its image, by Winograd's F(4×4) in
/// register tiles (convolution/winograd_tile.cl).
struct WinogradTile {
  private let problem: WinogradProblem
  private let epilogue: Epilogue

  init(_ problem: WinogradProblem, epilogue: Epilogue = .none) {
    (self.problem, self.epilogue) = (problem, epilogue)
  }

  /// Returns `nil` where vectors don't divide the channels.
  func lowering(on device: OpenCLDevice) -> KernelLowering? {
    let width = device.registerWidth
    let (source, target) = (problem.source, problem.target)
    guard problem.sourceChannels % width == 0, problem.targetChannels % width == 0 else {
      return nil
    }
    let blocking = WinogradBlocking(problem, vectorWidth: width, on: device)
    let macros = epilogue.macros.merging(blocking.macros) { $1 }
    let counts =
      [problem.tileCount, problem.tilesDown, problem.tilesAcross, blocking.taskCount]
      + [blocking.panelRuns, blocking.panelsPerRun, blocking.scratchCount]
      + [source.height, source.width, problem.sourceChannels]
      + [target.height, target.width, problem.targetChannels]
      + [problem.paddingTop, problem.paddingLeft]
    return KernelLowering(
      name: "winograd4x4", device: device,
      workspaceByteCount: 4 * blocking.itemCount * blocking.scratchCount,
      preparations: [problem.preparation(of: 1, panelWidth: 2 * width, on: device)]
    ) { binding in
      guard let scratch = binding.workspace else { return [] }
      return [
        KernelCall(
          "winograd_tile", in: "convolution/winograd_tile.cl", macros: macros,
          arguments: counts + [binding.operands[0], binding.operands[1], scratch]
            + epilogue.arguments(binding) + [binding.results[0]],
          range: WorkRange(blocking.itemCount))
      ]
    }
  }
}

/// How the tiles and the output channels of a Winograd convolution are shared among work-items.
private struct WinogradBlocking {
  let taskCount: Int
  let panelRuns: Int
  let panelsPerRun: Int
  /// The work-items, each with scratch memory of its own.
  let itemCount: Int
  /// The floats of one work-item's scratch memory.
  let scratchCount: Int
  let macros: [String: String]

  init(_ problem: WinogradProblem, vectorWidth: Int, on device: OpenCLDevice) {
    // 12 rows where there are 32 vector registers.
    let tileRows = vectorWidth >= 16 ? 12 : 6
    let (tilesPerBlock, panelsPerBlock, rowPadding) = (48, 2, 16)
    let panels = problem.targetChannels.dividedRoundingUp(by: 2 * vectorWidth)
    let blocks = problem.tileCount.dividedRoundingUp(by: tilesPerBlock)
    let units = device.description.computeUnitCount
    // Each block of tiles is transformed anew for each run of panels: few of these.
    let runs = min(panels, max(1, 3 * units / blocks))
    panelsPerRun = panels.dividedRoundingUp(by: runs)
    panelRuns = panels.dividedRoundingUp(by: panelsPerRun)
    taskCount = blocks * panelRuns
    scratchCount =
      winogradPoints * tilesPerBlock
      * (problem.sourceChannels + rowPadding + panelsPerBlock * 2 * vectorWidth)
    // Two for each processor, so that one that is held up leaves work to the others, unless they took
    // more than 64 MiB.
    let affordable = (16 << 20) / scratchCount
    itemCount = min(taskCount, max(units, min(2 * units, affordable)))
    macros = [
      "VECTOR_WIDTH": vectorWidth, "ROWS": tileRows, "BLOCK_TILES": tilesPerBlock,
      "BLOCK_PANELS": panelsPerBlock,
    ].mapValues(String.init)
  }
}
