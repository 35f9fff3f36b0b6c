import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// A convolution by 3×3 kernels with stride 1, or the gradient of its image, by Winograd's F(4×4).
struct WinogradProduct {
  let batch: Int
  let input: Extent2D
  let inputChannels: Int
  let output: Extent2D
  let outputChannels: Int
  let paddingTop: Int
  let paddingLeft: Int
  /// Where tap (0, 0) from channel 0 to channel 0 lies in the kernel, and the strides from there.
  let kernelOffset: Int
  let rowStride: Int
  let columnStride: Int
  let inputStride: Int
  let outputStride: Int

  /// Returns `nil` where the convolution is of another kind.
  init?(_ extents: ConvolutionProblem) {
    guard extents.suitsWinograd else { return nil }
    let (inputs, outputs) = (extents.inputChannels, extents.outputChannels)
    batch = extents.batch
    (input, inputChannels) = (extents.image, inputs)
    (output, outputChannels) = (extents.output, outputs)
    paddingTop = extents.geometry.padding.top
    paddingLeft = extents.geometry.padding.left
    kernelOffset = 0
    (rowStride, columnStride) = (3 * inputs * outputs, inputs * outputs)
    (inputStride, outputStride) = (outputs, 1)
  }

  /// The gradient of the image: a convolution of the result's gradient with the turned kernel.
  init?(gradientOf extents: ConvolutionProblem) {
    guard extents.suitsWinograd else { return nil }
    let (inputs, outputs) = (extents.inputChannels, extents.outputChannels)
    batch = extents.batch
    (input, inputChannels) = (extents.output, outputs)
    (output, outputChannels) = (extents.image, inputs)
    paddingTop = 2 - extents.geometry.padding.top
    paddingLeft = 2 - extents.geometry.padding.left
    kernelOffset = 8 * inputs * outputs
    (rowStride, columnStride) = (-3 * inputs * outputs, -inputs * outputs)
    (inputStride, outputStride) = (1, outputs)
  }

  private var tileCount: Int { batch * graft_winograd_tile_count(output.height, output.width) }
  private var scratchCount: Int {
    graft_winograd_scratch_count(inputChannels).roundedUp(to: 16)
  }

  /// Whether the transforms are likely to pay.
  func pays(kernelIsConstant: Bool) -> Bool {
    min(inputChannels, outputChannels) >= 32 && (kernelIsConstant || tileCount >= 32)
  }

  /// Operands: the images and the kernel.
  func lowering(epilogue: Epilogue, key: String, on device: CPUDevice) -> CPULowering {
    let workers = device.threadCount
    return CPULowering(
      "winograd4x4", on: device, workspaceCount: workers * scratchCount,
      preparations: [
        device.preparation(
          ofOperand: 1, key: key,
          count: graft_winograd_packed_count(inputChannels, outputChannels), packing)
      ]
    ) { [stage($0, epilogue, workers: workers)] }
  }

  private func packing(
    _ plain: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>
  ) -> Stage {
    let width = graft_gemm_tile_columns()
    return Stage(over: (outputChannels + width - 1) / width, rangeCount: 1) {
      graft_winograd_pack(
        plain + kernelOffset, rowStride, columnStride, inputStride, outputStride, inputChannels,
        outputChannels, $0.lowerBound, $0.upperBound, packed)
    }
  }

  private func stage(_ data: BoundData, _ epilogue: Epilogue, workers: Int) -> Stage {
    let (packed, scratch, scratchCount) = (data.operand(1), data.workspace, scratchCount)
    let (finish, tileCount, outputChannels) = (epilogue.kernel(data), tileCount, outputChannels)
    let shape = graft_winograd(
      input: data.operand(0), input_rows: input.height, input_columns: input.width,
      input_channels: inputChannels, padding_top: paddingTop, padding_left: paddingLeft,
      output: data.result(), output_rows: output.height, output_columns: output.width,
      output_channels: outputChannels)
    let (width, rows) = (graft_gemm_tile_columns(), graft_gemm_tile_rows())
    let mostTiles = graft_winograd_block_tiles()
    let isShort = tileCount < 4 * workers * mostTiles
    // Equal blocks where there are few, full register tiles where there are many.
    let tilesPerBlock = tileCount.cut(intoAtMost: mostTiles, multiplesOf: isShort ? 1 : rows)
    let (blocks, panels) = (
      tileCount.dividedRoundingUp(by: tilesPerBlock), outputChannels.dividedRoundingUp(by: width)
    )
    // Equal shares of all pairs of a block and a panel, block by block. A block is transformed for each
    // share that has a part in it: few shares where there are few blocks.
    let pairs = blocks * panels
    let shares = min(pairs, isShort ? workers : 4 * workers)
    return Stage(taskCount: shares) { share, worker in
      var (shape, finish) = (shape, finish)
      var pair = pairs * share / shares
      let lastPair = pairs * (share + 1) / shares
      while pair < lastPair {
        let (tile, panel) = (pair / panels * tilesPerBlock, pair % panels)
        let lastPanel = min(panel + lastPair - pair, panels)
        graft_winograd_tiles(
          &shape, packed, &finish, tile, min(tileCount, tile + tilesPerBlock), panel * width,
          min(outputChannels, lastPanel * width), scratch + worker * scratchCount)
        pair += lastPanel - panel
      }
    }
  }
}

extension ConvolutionProblem {
  var suitsWinograd: Bool {
    kernel == Extent2D(3) && geometry.strides == Extent2D(1) && geometry.dilation == Extent2D(1)
      && groups == 1
  }
}
