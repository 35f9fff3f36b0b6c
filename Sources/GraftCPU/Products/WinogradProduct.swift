import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// A convolution of stride 1 by 3×3 or 5×5 kernels or lines of 3 or 7 taps, or the gradient of its image,
/// by Winograd's filtering.
struct WinogradProduct {
  private let batch: Int
  /// Without its images.
  private let shape: graft_winograd
  private let strides: graft_winograd_kernel
  /// Where tap (0, 0) from channel 0 to channel 0 lies in the kernel.
  private let kernelOffset: Int

  /// Returns `nil` where the convolution is of another kind.
  init?(_ extents: ConvolutionProblem) {
    guard extents.suitsWinograd else { return nil }
    let (inputs, outputs) = (extents.inputChannels, extents.outputChannels)
    batch = extents.batch
    shape = extents.winograd
    kernelOffset = 0
    strides = graft_winograd_kernel(
      row_stride: extents.kernel.width * inputs * outputs, column_stride: inputs * outputs,
      input_stride: outputs, output_stride: 1)
  }

  /// The gradient of the image: a convolution of the result's gradient with the turned kernel.
  init?(gradientOf extents: ConvolutionProblem) {
    guard extents.suitsWinograd else { return nil }
    let (inputs, outputs, kernel) = (
      extents.inputChannels, extents.outputChannels, extents.kernel
    )
    batch = extents.batch
    shape = graft_winograd(
      kernel_rows: kernel.height, kernel_columns: kernel.width, input: nil,
      input_rows: extents.output.height, input_columns: extents.output.width,
      input_channels: outputs, padding_top: kernel.height - 1 - extents.geometry.padding.top,
      padding_left: kernel.width - 1 - extents.geometry.padding.left, output: nil,
      output_rows: extents.image.height, output_columns: extents.image.width,
      output_channels: inputs)
    kernelOffset = (extents.taps - 1) * inputs * outputs
    strides = graft_winograd_kernel(
      row_stride: -kernel.width * inputs * outputs, column_stride: -inputs * outputs,
      input_stride: 1, output_stride: outputs)
  }

  private func count(_ of: (UnsafePointer<graft_winograd>) -> Int) -> Int {
    withUnsafePointer(to: shape, of)
  }

  private var tileCount: Int { batch * count(graft_winograd_tile_count) }
  private var scratchCount: Int { count(graft_winograd_scratch_count).roundedUp(to: 16) }

  /// The algorithm's name, with the rows and columns of a tile's results.
  var name: String {
    "winograd\(count(graft_winograd_tile_rows))x\(count(graft_winograd_tile_columns))"
  }

  /// Whether the transforms are likely to pay.
  func pays(kernelIsConstant: Bool) -> Bool {
    min(shape.input_channels, shape.output_channels) >= 32
      && (kernelIsConstant || tileCount >= 32)
  }

  /// Operands: the images and the kernel.
  ///
  /// - Parameter packingKey: Names a form of the kernel.
  func lowering(
    epilogue: Epilogue, packingKey: (_ form: String) -> String, on device: CPUDevice
  ) -> CPULowering {
    let workers = device.threadCount
    return CPULowering(
      name, on: device, workspaceCount: workers * scratchCount,
      preparations: [
        device.preparation(
          ofOperand: 1, key: packingKey(name), count: count(graft_winograd_packed_count), packing)
      ]
    ) { [stage($0, epilogue, workers: workers)] }
  }

  private func packing(
    _ plain: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>
  ) -> Stage {
    let width = graft_gemm_tile_columns()
    return Stage(over: (shape.output_channels + width - 1) / width, rangeCount: 1) {
      var (shape, strides) = (shape, strides)
      graft_winograd_pack(
        &shape, plain + kernelOffset, &strides, $0.lowerBound, $0.upperBound, packed)
    }
  }

  private func stage(_ data: BoundData, _ epilogue: Epilogue, workers: Int) -> Stage {
    let (packed, scratch, scratchCount) = (data.operand(1), data.workspace, scratchCount)
    let (finish, tileCount, outputChannels) = (
      epilogue.kernel(data), tileCount, shape.output_channels
    )
    var bound = shape
    (bound.input, bound.output) = (data.operand(0), data.result())
    let shape = bound
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
  /// Whether there is a Winograd filter for the kernel.
  var suitsWinograd: Bool {
    graft_winograd_suits(kernel.height, kernel.width) && geometry.strides == Extent2D(1)
      && geometry.dilation == Extent2D(1) && groups == 1
  }

  /// The convolution as Winograd's kernels see it, without its images.
  var winograd: graft_winograd {
    graft_winograd(
      kernel_rows: kernel.height, kernel_columns: kernel.width, input: nil,
      input_rows: image.height, input_columns: image.width, input_channels: inputChannels,
      padding_top: geometry.padding.top, padding_left: geometry.padding.left, output: nil,
      output_rows: output.height, output_columns: output.width, output_channels: outputChannels)
  }
}
