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
    // Each block of tiles is transformed anew for each block of channels: few of these.
    let (tilesPerBlock, width) = (48, graft_gemm_tile_columns())
    let tileBlocks = (tileCount + tilesPerBlock - 1) / tilesPerBlock
    let panels = (outputChannels + width - 1) / width
    let wanted = min(panels, max(1, 3 * workers / max(1, tileBlocks)))
    let channelsPerBlock = (panels + wanted - 1) / wanted * width
    let channelBlocks = (outputChannels + channelsPerBlock - 1) / channelsPerBlock
    return Stage(taskCount: tileBlocks * channelBlocks) { task, worker in
      let tile = task / channelBlocks * tilesPerBlock
      let channel = task % channelBlocks * channelsPerBlock
      var (shape, finish) = (shape, finish)
      graft_winograd_tiles(
        &shape, packed, &finish, tile, min(tileCount, tile + tilesPerBlock), channel,
        min(outputChannels, channel + channelsPerBlock), scratch + worker * scratchCount)
    }
  }
}

extension ConvolutionProblem {
  fileprivate var suitsWinograd: Bool {
    kernel == Extent2D(3) && geometry.strides == Extent2D(1) && geometry.dilation == Extent2D(1)
      && groups == 1
  }
}
