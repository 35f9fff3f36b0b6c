import GraftGraph

extension ConvolutionSizes {
  static let all: [ConvolutionSizes] =
    pointwise + square + strided + large + rectangular + dilated + grouped + depthwise

  /// Kernels of 1×1: a matrix product, unless the stride or the padding says otherwise.
  private static let pointwise: [ConvolutionSizes] = [
    ConvolutionSizes([1, 1, 1, 1], 1, to: 1),
    ConvolutionSizes([1, 5, 7, 1], 1, to: 3),
    ConvolutionSizes([2, 3, 13, 3], 1, to: 5),
    ConvolutionSizes([1, 7, 7, 7], 1, to: 16),
    ConvolutionSizes([3, 5, 5, 16], 1, to: 17),
    ConvolutionSizes([1, 17, 13, 33], 1, to: 24),
    ConvolutionSizes([2, 7, 7, 64], 1, to: 65),
    ConvolutionSizes([5, 1, 1, 40], 1, to: 96),
    ConvolutionSizes([1, 7, 7, 320], 1, to: 31),
    // Rows 4 KiB apart, which share one set of a first-level cache.
    ConvolutionSizes([1, 3, 5, 1024], 1, to: 33),
    ConvolutionSizes([1, 31, 33, 8], 1, to: 8),
    ConvolutionSizes([2, 13, 17, 6], 1, to: 9, strides: 2),
    ConvolutionSizes([1, 7, 10, 2], 1, to: 15, strides: 3),
    ConvolutionSizes([1, 3, 5, 5], 1, to: 6, padding: 2),
  ]

  /// Kernels of 3×3 at a stride of 1, which Winograd's algorithm is made for.
  private static let square: [ConvolutionSizes] = [
    ConvolutionSizes([1, 1, 1, 1], 3, to: 1, padding: 1),
    ConvolutionSizes([1, 3, 5, 2], 3, to: 3, padding: 1),
    ConvolutionSizes([2, 7, 13, 3], 3, to: 8, padding: 1),
    ConvolutionSizes([1, 17, 31, 16], 3, to: 32, padding: 1),
    ConvolutionSizes([3, 5, 7, 33], 3, to: 31, padding: 1),
    ConvolutionSizes([2, 14, 14, 64], 3, to: 64, padding: 1),
    ConvolutionSizes([5, 13, 13, 9], 3, to: 15, padding: 1),
    ConvolutionSizes([1, 33, 33, 5], 3, to: 7, padding: 1),
    ConvolutionSizes([2, 4, 6, 40], 3, to: 24, padding: 1),
    // More tiles than are summed in one go.
    ConvolutionSizes([3, 103, 101, 2], 3, to: 3, padding: 1),
    // Enough of them for several shares, whose number register tiles don't divide.
    ConvolutionSizes([5, 21, 19, 8], 3, to: 24, padding: 1),
    // More tiles than a kernel's gradient sums in one go, and more than it transforms in one go.
    ConvolutionSizes([1, 69, 67, 8], 3, to: 16, padding: 1),
    ConvolutionSizes([1, 34, 31, 8], 3, to: 2048, padding: 1),
    ConvolutionSizes([1, 5, 5, 6], 3, to: 9),
    ConvolutionSizes([2, 9, 12, 7], 3, to: 16, padding: 2),
    ConvolutionSizes([1, 2, 3, 4], 3, to: 5, padding: 4),
    ConvolutionSizes(
      [1, 8, 9, 15], Extent2D(3), to: 17,
      padding: EdgePadding(top: 0, bottom: 1, left: 2, right: 0)),
  ]

  /// Kernels that skip pixels, with the paddings of PyTorch and of Keras ("same" is asymmetric).
  private static let strided: [ConvolutionSizes] = [
    ConvolutionSizes([2, 17, 17, 3], 3, to: 32, strides: 2, padding: 1),
    ConvolutionSizes([1, 8, 10, 5], 3, to: 6, strides: 2),
    ConvolutionSizes([1, 13, 7, 24], 3, to: 40, strides: 2, padding: 1),
    ConvolutionSizes([2, 11, 16, 2], 3, to: 9, strides: 3, padding: 1),
    ConvolutionSizes([1, 7, 7, 4], 2, to: 8, strides: 2),
    ConvolutionSizes([1, 9, 9, 3], 2, to: 3, strides: 4),
    ConvolutionSizes(
      [1, 14, 14, 8], Extent2D(3), to: 16, strides: Extent2D(2),
      padding: EdgePadding(top: 0, bottom: 1, left: 0, right: 1)),
    ConvolutionSizes(
      [2, 7, 9, 3], Extent2D(3), to: 5, strides: Extent2D(1, 2),
      padding: EdgePadding(top: 1, bottom: 0, left: 0, right: 2)),
  ]

  /// Kernels larger than 3×3, and larger than the image.
  private static let large: [ConvolutionSizes] = [
    ConvolutionSizes([1, 33, 31, 3], 7, to: 64, strides: 2, padding: 3),
    ConvolutionSizes([2, 7, 9, 5], 5, to: 7, padding: 2),
    ConvolutionSizes([3, 17, 14, 24], 5, to: 32, padding: 2),
    ConvolutionSizes([1, 9, 8, 8], 5, to: 8, padding: 3),
    ConvolutionSizes([1, 13, 11, 8], 5, to: 16, strides: 2, padding: 2),
    ConvolutionSizes([1, 2, 3, 3], 5, to: 4, padding: 2),
    ConvolutionSizes([2, 3, 3, 2], 7, to: 5, padding: 3),
    ConvolutionSizes([3, 7, 7, 6], 7, to: 33),
    ConvolutionSizes([1, 19, 19, 2], 11, to: 6, strides: 4, padding: 2),
  ]

  private static let rectangular: [ConvolutionSizes] = [
    // Lines of 3 and 7 taps at a stride of 1, which Winograd's filters are made for.
    ConvolutionSizes(
      [3, 17, 19, 40], Extent2D(1, 7), to: 32,
      padding: EdgePadding(top: 0, bottom: 0, left: 3, right: 3)),
    ConvolutionSizes([2, 18, 5, 32], Extent2D(7, 1), to: 48),
    ConvolutionSizes([1, 6, 3, 8], Extent2D(1, 7), to: 16, padding: EdgePadding(3)),
    ConvolutionSizes(
      [5, 8, 9, 16], Extent2D(1, 3), to: 40,
      padding: EdgePadding(top: 0, bottom: 0, left: 1, right: 1)),
    ConvolutionSizes(
      [2, 11, 10, 33], Extent2D(3, 1), to: 17,
      padding: EdgePadding(top: 2, bottom: 0, left: 0, right: 1)),
    ConvolutionSizes(
      [1, 7, 9, 16], Extent2D(1, 7), to: 12,
      padding: EdgePadding(top: 0, bottom: 0, left: 3, right: 3)),
    ConvolutionSizes(
      [1, 9, 5, 7], Extent2D(7, 1), to: 16,
      padding: EdgePadding(top: 3, bottom: 3, left: 0, right: 0)),
    ConvolutionSizes(
      [2, 6, 11, 3], Extent2D(2, 5), to: 5, strides: Extent2D(3, 2),
      padding: EdgePadding(top: 1, bottom: 0, left: 2, right: 1)),
  ]

  private static let dilated: [ConvolutionSizes] = [
    ConvolutionSizes([1, 9, 11, 5], 3, to: 8, padding: 2, dilation: 2),
    ConvolutionSizes([2, 13, 12, 3], 3, to: 6, strides: 2, padding: 3, dilation: 3),
    ConvolutionSizes(
      [1, 10, 9, 16], Extent2D(3, 2), to: 7,
      padding: EdgePadding(top: 2, bottom: 1, left: 0, right: 3), dilation: Extent2D(2, 3)),
  ]

  /// Groups that are neither one nor the number of channels.
  private static let grouped: [ConvolutionSizes] = [
    ConvolutionSizes([2, 5, 7, 6], 3, to: 4, padding: 1, groups: 2),
    ConvolutionSizes([1, 7, 7, 32], 3, to: 32, padding: 1, groups: 4),
    ConvolutionSizes([2, 9, 7, 32], 3, to: 16, strides: 2, padding: 1, groups: 8),
    ConvolutionSizes([1, 5, 5, 9], 1, to: 6, groups: 3),
    ConvolutionSizes([1, 6, 6, 10], 5, to: 15, padding: 2, groups: 5),
    ConvolutionSizes([1, 7, 5, 66], 3, to: 34, padding: 1, groups: 2),
  ]

  /// One group a channel.
  private static let depthwise: [ConvolutionSizes] = [
    .depthwise([1, 1, 1, 2], 3),
    .depthwise([2, 7, 5, 3], 3),
    .depthwise([1, 13, 17, 8], 3),
    .depthwise([1, 9, 33, 17], 3),
    .depthwise([2, 14, 14, 32], 3),
    .depthwise([1, 7, 7, 33], 5),
    .depthwise([1, 5, 3, 96], 7),
    .depthwise([2, 13, 13, 16], 3, strides: 2),
    .depthwise([1, 15, 14, 40], 5, strides: 2),
    .depthwise([1, 8, 9, 65], 3, strides: 3),
    .depthwise([2, 7, 6, 8], 3, multiplier: 2),
    .depthwise([1, 9, 9, 5], 5, strides: 2, multiplier: 3),
    ConvolutionSizes([1, 11, 9, 6], 3, to: 6, padding: 2, dilation: 2, groups: 6),
    ConvolutionSizes(
      [1, 12, 12, 24], Extent2D(3), to: 24, strides: Extent2D(2),
      padding: EdgePadding(top: 0, bottom: 1, left: 0, right: 1), groups: 24),
    ConvolutionSizes([2, 5, 5, 7], 3, to: 7, groups: 7),
  ]
}
