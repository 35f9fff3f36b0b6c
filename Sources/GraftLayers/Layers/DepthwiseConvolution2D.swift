/// A convolution that filters each channel on its own.
///
/// Input: (N, height, width, channels). Output: (N, height, width, channels · multiplier).
/// Parameters: `weight` (height, width, 1, channels · multiplier) and, with a bias, `bias`.
public struct DepthwiseConvolution2D: Layer {
  public var kernel: Extent2D
  public var strides: Extent2D
  public var padding: ImagePadding
  public var dilation: Extent2D
  /// How many results each channel has.
  public var multiplier: Int
  public var hasBias: Bool
  public var activation: Activation?
  public var initializer: Initializer

  /// Convolves each channel with kernels of its own.
  ///
  /// - Parameters:
  ///   - kernel: Height and width of the kernels, in pixels.
  ///   - strides: The distance between neighbouring results, in pixels.
  ///   - multiplier: How many results each channel has.
  public init(
    kernel: Extent2D, strides: Extent2D = 1, padding: ImagePadding = .valid,
    dilation: Extent2D = 1, multiplier: Int = 1, hasBias: Bool = true,
    activation: Activation? = nil, initializer: Initializer = .glorotUniform
  ) {
    (self.kernel, self.strides, self.padding) = (kernel, strides, padding)
    (self.dilation, self.multiplier) = (dilation, multiplier)
    (self.hasBias, self.activation, self.initializer) = (hasBias, activation, initializer)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, channels) = scope.image(input) else { return input }
    let convolution = Convolution2D(
      channels * multiplier, kernel: kernel, strides: strides, padding: padding,
      dilation: dilation, groups: channels, hasBias: hasBias, activation: activation,
      initializer: initializer)
    return convolution.trace(input, in: scope)
  }
}

/// A depthwise convolution, then one of a single pixel that mixes the channels.
///
/// Input: (N, height, width, channels). Output: (N, height, width, filters). Layers inside:
/// `depthwise` (no bias) and `pointwise`.
public struct SeparableConvolution2D: Layer {
  /// The number of output channels.
  public var filters: Int
  public var depthwise: DepthwiseConvolution2D
  public var hasBias: Bool
  public var activation: Activation?

  /// Convolves each channel, then mixes the channels into `filters`.
  ///
  /// - Parameters:
  ///   - kernel: Height and width of the depthwise kernels, in pixels.
  ///   - strides: The distance between neighbouring results, in pixels.
  public init(
    _ filters: Int, kernel: Extent2D, strides: Extent2D = 1, padding: ImagePadding = .valid,
    multiplier: Int = 1, hasBias: Bool = true, activation: Activation? = nil
  ) {
    self.filters = filters
    depthwise = DepthwiseConvolution2D(
      kernel: kernel, strides: strides, padding: padding, multiplier: multiplier, hasBias: false)
    (self.hasBias, self.activation) = (hasBias, activation)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let filtered = depthwise(input, in: scope / "depthwise")
    let pointwise = Convolution2D(filters, kernel: 1, hasBias: hasBias, activation: activation)
    return pointwise(filtered, in: scope / "pointwise")
  }
}
