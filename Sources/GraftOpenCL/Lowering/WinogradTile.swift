import GraftGraph
import GraftRuntime

/// A convolution or the gradient of its image by Winograd's filtering in register tiles (convolution/winograd_tile.cl).
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
      .merging(problem.macros) { $1 }
    let counts =
      [problem.tileCount, problem.tilesDown, problem.tilesAcross]
      + [blocking.tilesPerBlock, blocking.scratchCount]
      + [source.height, source.width, problem.sourceChannels]
      + [target.height, target.width, problem.targetChannels]
      + [problem.paddingTop, problem.paddingLeft]
    return KernelLowering(
      name: problem.name, device: device,
      workspaceByteCount: 4 * blocking.itemCount * blocking.scratchCount,
      preparations: [problem.preparation(of: 1, panelWidth: 2 * width, on: device)]
    ) { binding in
      let scratch = try binding.reservedWorkspace
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
  let tilesPerBlock: Int
  /// The work-items, each with scratch memory of its own.
  let itemCount: Int
  /// The floats of one work-item's scratch memory.
  let scratchCount: Int
  let macros: [String: String]

  init(_ problem: WinogradProblem, vectorWidth: Int, on device: OpenCLDevice) {
    // 12 rows where there are 32 vector registers; fewer where they fit the tiles better.
    let mostRows = vectorWidth >= 16 ? 12 : 6
    let (mostTiles, panelsPerBlock, rowPadding, planePadding) = (48, 2, 16, 16)
    let panels = problem.targetChannels.dividedRoundingUp(by: 2 * vectorWidth)
    // Equal blocks where there are few, full register tiles where there are many.
    let fewest = problem.tileCount.dividedRoundingUp(by: mostTiles)
    let isShort = fewest < 4 * device.description.computeUnitCount
    let evenTiles = problem.tileCount.dividedRoundingUp(by: fewest)
    let tileRows = Self.tileRows(
      for: isShort ? evenTiles : problem.tileCount, atMost: mostRows,
      within: isShort ? mostTiles : .max)
    tilesPerBlock =
      isShort
      ? evenTiles
      : problem.tileCount.cut(
        intoAtMost: mostTiles / tileRows * tileRows, multiplesOf: tileRows)
    let blocks = problem.tileCount.dividedRoundingUp(by: tilesPerBlock)
    scratchCount =
      problem.pointCount
      * (mostTiles * (problem.sourceChannels + rowPadding + panelsPerBlock * 2 * vectorWidth)
        + 2 * planePadding)
    // Where there are many blocks, two for each processor, so that one that is held up leaves work to
    // the others, unless they took more than 64 MiB. Few blocks would be transformed more than once.
    let units = device.description.computeUnitCount
    let affordable = blocks >= 4 * units ? (16 << 20) / scratchCount : units
    itemCount = min(blocks * panels, max(units, min(2 * units, affordable)))
    macros = [
      "VECTOR_WIDTH": vectorWidth, "ROWS": tileRows, "BLOCK_TILES": mostTiles,
      "BLOCK_PANELS": panelsPerBlock,
    ].mapValues(String.init)
  }

  /// The rows of a register tile that waste the least on rows past the end; a tile that is lower by one
  /// row takes some 2 % longer for each of its rows.
  private static func tileRows(
    for count: Int, atMost mostRows: Int, within capacity: Int
  ) -> Int {
    func cost(_ rows: Int) -> Int { count.roundedUp(to: rows) * (100 + 2 * (mostRows - rows)) }
    return (mostRows * 2 / 3...mostRows).filter { count.roundedUp(to: $0) <= capacity }
      .min { cost($0) < cost($1) } ?? mostRows
  }
}
