import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// The extents of a convolution, whichever of its three tensors is the result.
struct ConvolutionProblem {
  let geometry: ConvolutionGeometry
  let batch: Int
  let image: Extent2D
  let kernel: Extent2D
  let output: Extent2D
  let inputChannels: Int
  let outputChannels: Int

  init(_ geometry: ConvolutionGeometry, image: Shape, kernel: Shape, output: Shape) {
    self.geometry = geometry
    batch = image[0]
    self.image = Extent2D(image[1], image[2])
    self.kernel = Extent2D(kernel[0], kernel[1])
    self.output = Extent2D(output[1], output[2])
    (inputChannels, outputChannels) = (image[3], kernel[3])
  }

  var groups: Int { geometry.groups }
  var groupInputs: Int { inputChannels / groups }
  var groupOutputs: Int { outputChannels / groups }
  var taps: Int { kernel.height * kernel.width }
  /// Output pixels of the whole batch.
  var outputPixels: Int { batch * output.height * output.width }

  /// Whether each channel has a kernel of its own, and only one.
  var isDepthwise: Bool {
    groupInputs == 1 && groupOutputs == 1 && max(kernel.height, kernel.width) <= 256
  }

  /// What the kernel sees of one group's channels, output pixel by output pixel.
  var patches: graft_patches {
    graft_patches(
      input: nil, input_rows: image.height, input_columns: image.width,
      pixel_stride: inputChannels, channels: groupInputs, tap_rows: kernel.height,
      tap_columns: kernel.width, tap_row_step: geometry.dilation.height,
      tap_column_step: geometry.dilation.width, grid_rows: output.height,
      grid_columns: output.width, grid_row_step: geometry.strides.height,
      grid_column_step: geometry.strides.width, first_row: -geometry.padding.top,
      first_column: -geometry.padding.left)
  }

  /// The problem as the depthwise kernels see it.
  var depthwise: graft_depthwise {
    graft_depthwise(
      channels: inputChannels, input_rows: image.height, input_columns: image.width,
      output_rows: output.height, output_columns: output.width, kernel_rows: kernel.height,
      kernel_columns: kernel.width, row_step: geometry.strides.height,
      column_step: geometry.strides.width, row_dilation: geometry.dilation.height,
      column_dilation: geometry.dilation.width, padding_top: geometry.padding.top,
      padding_left: geometry.padding.left)
  }

  /// Names a packed form of the kernel.
  func packingKey(_ form: String) -> String {
    """
    \(form) \(graft_gemm_tile_columns()) columns, \(kernel.height)×\(kernel.width)×\
    \(groupInputs)×\(outputChannels), \(groups) groups
    """
  }
}
