import GraftGraph

/// A convolution in numbers, whichever of its three tensors is to be computed.
struct ConvolutionProblem {
  let imageCount: Int
  let groups: Int
  let image: Extent2D
  /// Input channels of one group.
  let imageChannels: Int
  let result: Extent2D
  /// Output channels of one group.
  let resultChannels: Int
  let kernel: Extent2D
  let geometry: ConvolutionGeometry

  init(
    image: TensorType, kernel: Shape, result: TensorType, geometry: ConvolutionGeometry
  ) {
    imageCount = image.shape[0]
    groups = geometry.groups
    self.image = image.imageSize
    imageChannels = kernel[2]
    self.result = result.imageSize
    resultChannels = kernel[3] / geometry.groups
    self.kernel = Extent2D(kernel[0], kernel[1])
    self.geometry = geometry
  }

  /// A product of matrices, (rows, depth) by (depth, columns), as a 1x1 convolution.
  init(rows: Int, depth: Int, columns: Int) {
    (imageCount, groups) = (1, 1)
    (image, result, kernel) = (Extent2D(1, rows), Extent2D(1, rows), Extent2D(1))
    (imageChannels, resultChannels) = (depth, columns)
    geometry = ConvolutionGeometry()
  }

  /// Whether each pixel of the result sees the one pixel of the image at its own place.
  var isPointwise: Bool {
    kernel == Extent2D(1) && geometry.strides == Extent2D(1) && image == result
      && geometry.padding == EdgePadding()
  }

  /// Whether each channel has a kernel of its own, and one result.
  var isDepthwise: Bool { imageChannels == 1 && resultChannels == 1 && groups > 1 }

  var taps: Int { kernel.height * kernel.width }
  var imagePixels: Int { imageCount * image.height * image.width }
  var resultPixels: Int { imageCount * result.height * result.width }
  var kernelCount: Int { taps * imageChannels * resultChannels * groups }

  /// Kernel size, strides, padding and dilation, as kernels take them.
  var windowArguments: [Int] {
    [
      kernel.height, kernel.width, geometry.strides.height, geometry.strides.width,
      geometry.padding.top, geometry.padding.left, geometry.dilation.height,
      geometry.dilation.width,
    ]
  }

  /// The macros that fix the geometry when a program is built.
  var macros: [String: String] {
    let values = [
      "GROUPS": groups, "IMAGE_HEIGHT": image.height, "IMAGE_WIDTH": image.width,
      "IMAGE_CHANNELS": imageChannels, "RESULT_HEIGHT": result.height,
      "RESULT_WIDTH": result.width, "RESULT_CHANNELS": resultChannels,
      "KERNEL_WIDTH": kernel.width, "STRIDE_Y": geometry.strides.height,
      "STRIDE_X": geometry.strides.width, "PADDING_Y": geometry.padding.top,
      "PADDING_X": geometry.padding.left, "DILATION_Y": geometry.dilation.height,
      "DILATION_X": geometry.dilation.width,
    ]
    return values.mapValues(String.init)
  }
}
