import GraftGraph
import GraftRuntime

/// A convolution, the gradient of its image, or a matrix product in register tiles over packed
/// panels (convolution/tile.cl).
struct ConvolutionTile {
  private let problem: ConvolutionProblem
  private let packing: PanelPacking
  private let epilogue: Epilogue
  private let isInputGradient: Bool

  /// A forward convolution, or a product, by a packing of its own.
  init(_ problem: ConvolutionProblem, packing: PanelPacking, epilogue: Epilogue) {
    (self.problem, self.packing, self.epilogue) = (problem, packing, epilogue)
    isInputGradient = false
  }

  /// A forward convolution.
  init(_ problem: ConvolutionProblem, epilogue: Epilogue) {
    let allChannels = problem.resultChannels * problem.groups
    self.init(
      problem,
      packing: PanelPacking(
        groups: problem.groups, columns: problem.resultChannels,
        depth: problem.taps * problem.imageChannels, innerCount: problem.imageChannels,
        groupStride: problem.resultChannels, tapStride: problem.imageChannels * allChannels,
        innerStride: allChannels, columnStride: 1,
        zeroCount: problem.kernel.width * problem.imageChannels),
      epilogue: epilogue)
  }

  /// The gradient of the image: with stride 1 a forward convolution by the flipped kernel.
  init(inputGradientOf problem: ConvolutionProblem) {
    let allChannels = problem.resultChannels * problem.groups
    let tapStride = problem.imageChannels * allChannels
    let flips = problem.geometry.strides == Extent2D(1)
    packing = PanelPacking(
      groups: problem.groups, columns: problem.imageChannels,
      depth: problem.taps * problem.resultChannels, innerCount: problem.resultChannels,
      first: flips ? (problem.taps - 1) * tapStride : 0, groupStride: problem.resultChannels,
      tapStride: flips ? -tapStride : tapStride, innerStride: 1, columnStride: allChannels,
      zeroCount: problem.kernel.width * problem.resultChannels)
    self.problem = flips ? problem.reversed : problem
    epilogue = .none
    isInputGradient = !flips
  }

  private var macros: [String: String] {
    var macros = epilogue.macros
    if isInputGradient {
      macros["INPUT_GRADIENT"] = "1"
    } else if problem.isPointwise {
      macros["POINTWISE"] = "1"
      if problem.geometry.strides != Extent2D(1) { macros["STRIDED"] = "1" }
    } else if problem.groups == 1, problem.geometry.dilation.width == 1 {
      macros["CONTIGUOUS"] = "1"
    }
    return macros
  }

  /// Pixels of the image of one position modulo stride see the same taps.
  private var phases: Int {
    isInputGradient ? problem.geometry.strides.height * problem.geometry.strides.width : 1
  }

  /// The most pixels that one phase has.
  private var rowsPerPhase: Int {
    guard isInputGradient else { return problem.resultPixels }
    let strides = problem.geometry.strides
    return problem.imageCount * problem.image.height.dividedRoundingUp(by: strides.height)
      * problem.image.width.dividedRoundingUp(by: strides.width)
  }

  private var sourcePixels: Int {
    isInputGradient ? problem.resultPixels : problem.imagePixels
  }

  /// Counts of images, groups, source and target sizes, as the kernel takes them.
  private var sizeArguments: [Int] {
    let image = [problem.image.height, problem.image.width, problem.imageChannels]
    let result = [problem.result.height, problem.result.width, problem.resultChannels]
    return isInputGradient ? result + image : image + result
  }

  func lowering(on device: OpenCLDevice) -> KernelLowering {
    // 12 rows where there are 32 vector registers.
    let tileRows = device.registerWidth >= 16 ? 12 : 6
    let panels = packing.panelCount(on: device)
    let blocking = TileBlocking(
      rows: rowsPerPhase, panels: panels, tileRows: tileRows,
      sourceByteCount: 4 * min(rowsPerPhase, sourcePixels) * sizeArguments[2] * problem.groups,
      kernelByteCount: packing.byteCount(on: device),
      unitCount: device.description.computeUnitCount)
    let blocks = rowsPerPhase.dividedRoundingUp(by: blocking.rowsPerBlock)
    let macros = macros.merging([
      "VECTOR_WIDTH": "\(device.registerWidth)", "ROWS": "\(tileRows)",
    ]) { $1 }
    let counts =
      [problem.imageCount, blocking.rowsPerBlock, blocking.rowAxis, problem.groups]
      + sizeArguments + problem.windowArguments
    return KernelLowering(
      name: "tile", device: device, preparations: [packing.preparation(of: 1, on: device)]
    ) { binding in
      [
        KernelCall(
          "convolution_tile", in: "convolution/tile.cl", macros: macros,
          arguments: counts + [binding.operands[0], binding.operands[1]]
            + epilogue.arguments(binding) + [binding.results[0]],
          range: blocking.rowAxis == 0
            ? WorkRange(blocks, panels, phases) : WorkRange(panels, blocks, phases))
      ]
    }
  }
}

/// How the pixels of a tiled convolution are cut into blocks, one a work-item and panel.
struct TileBlocking {
  let rowsPerBlock: Int
  /// The axis of work-items that counts blocks; the first axis is the one that varies fastest.
  let rowAxis: Int

  init(
    rows: Int, panels: Int, tileRows: Int, sourceByteCount: Int, kernelByteCount: Int,
    unitCount: Int
  ) {
    // Large blocks use a panel often while it is near; small ones keep all processors busy.
    let share = rows * panels / (32 * unitCount)
    let most = max(1, min(share, 96) / tileRows) * tileRows
    rowsPerBlock = rows.cut(intoAtMost: most, multiplesOf: tileRows)
    // Either all panels are walked for each block, and the kernel read as often as there are blocks,
    // or all blocks for each panel, and the image as often as there are panels. What fits the
    // second-level cache is read once.
    func traffic(_ byteCount: Int, times: Int) -> Int {
      byteCount <= 256 * 1024 ? byteCount : byteCount * times
    }
    let blocks = rows.dividedRoundingUp(by: rowsPerBlock)
    rowAxis =
      traffic(kernelByteCount, times: blocks) <= traffic(sourceByteCount, times: panels) ? 1 : 0
  }
}
