/// How many elements are added around an image: zeros for a convolution, nothing for pooling.
public struct EdgePadding: Hashable, Sendable {
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  /// Elements added on each side.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same on all sides.
  public init(_ count: Int = 0) { self.init(top: count, bottom: count, left: count, right: count) }
}

/// A height and a width: of a kernel, a stride, a dilation or an image.
public struct Extent2D: Hashable, Sendable {
  public var height: Int
  public var width: Int

  /// A height and a width, in elements.
  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
  /// The same height and width, in elements.
  public init(_ both: Int) { self.init(both, both) }
}

/// How a kernel moves over an image.
public struct ConvolutionGeometry: Hashable, Sendable {
  public var strides: Extent2D
  public var dilation: Extent2D
  public var padding: EdgePadding
  /// Channels are split into this many groups that don't see each other.
  public var groups: Int

  /// Moves a kernel in steps of `strides`.
  ///
  /// - Parameters:
  ///   - dilation: The distance between neighbouring elements of the kernel, 1 for none left out.
  ///   - padding: Elements added around the image.
  ///   - groups: How many groups the channels are split into, of which both counts are multiples.
  public init(
    strides: Extent2D = Extent2D(1), dilation: Extent2D = Extent2D(1),
    padding: EdgePadding = EdgePadding(), groups: Int = 1
  ) {
    (self.strides, self.dilation) = (strides, dilation)
    (self.padding, self.groups) = (padding, groups)
  }

  /// The size of the result for an image and a kernel of the given sizes.
  public func resultSize(of image: Extent2D, kernel: Extent2D) -> Extent2D {
    func size(_ extent: Int, _ padding: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      let reach = dilation * (kernel - 1) + 1
      let free = extent + padding - reach
      return free < 0 ? 0 : free / stride + 1
    }
    return Extent2D(
      size(
        image.height, padding.top + padding.bottom, kernel.height, strides.height, dilation.height),
      size(image.width, padding.left + padding.right, kernel.width, strides.width, dilation.width))
  }
}

extension TensorType {
  /// The height and width of an image batch (N, height, width, channels) or kernel.
  public var imageSize: Extent2D { Extent2D(shape[1], shape[2]) }
}
