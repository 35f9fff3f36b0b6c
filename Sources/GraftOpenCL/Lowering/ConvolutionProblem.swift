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
    imageCount: Int, groups: Int, image: Extent2D, imageChannels: Int, result: Extent2D,
    resultChannels: Int, kernel: Extent2D, geometry: ConvolutionGeometry
  ) {
    (self.imageCount, self.groups) = (imageCount, groups)
    (self.image, self.imageChannels) = (image, imageChannels)
    (self.result, self.resultChannels) = (result, resultChannels)
    (self.kernel, self.geometry) = (kernel, geometry)
  }

  init(
    image: TensorType, kernel: Shape, result: TensorType, geometry: ConvolutionGeometry
  ) {
    self.init(
      imageCount: image.shape[0], groups: geometry.groups, image: image.imageSize,
      imageChannels: kernel[2], result: result.imageSize,
      resultChannels: kernel[3] / geometry.groups, kernel: Extent2D(kernel[0], kernel[1]),
      geometry: geometry)
  }

  /// A product of matrices, (rows, depth) by (depth, columns), as a 1x1 convolution.
  init(rows: Int, depth: Int, columns: Int) {
    self.init(
      imageCount: 1, groups: 1, image: Extent2D(1, rows), imageChannels: depth,
      result: Extent2D(1, rows), resultChannels: columns, kernel: Extent2D(1),
      geometry: ConvolutionGeometry())
  }

  /// The convolution that turns the gradient of the result into that of the image, by the kernel
  /// flipped along both axes; for stride 1. Its leading padding may be negative.
  var reversed: ConvolutionProblem {
    let (dilation, padding) = (geometry.dilation, geometry.padding)
    let (height, width) = (
      (kernel.height - 1) * dilation.height, (kernel.width - 1) * dilation.width
    )
    return ConvolutionProblem(
      imageCount: imageCount, groups: groups, image: result, imageChannels: resultChannels,
      result: image, resultChannels: imageChannels, kernel: kernel,
      geometry: ConvolutionGeometry(
        dilation: dilation,
        padding: EdgePadding(
          top: height - padding.top, bottom: height - padding.bottom, left: width - padding.left,
          right: width - padding.right), groups: groups))
  }

  /// Whether each pixel of the result sees one pixel of the image, none of them padding.
  var isPointwise: Bool { kernel == Extent2D(1) && geometry.padding == EdgePadding() }

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
}
