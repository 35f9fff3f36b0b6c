/// A two-dimensional convolution with its kernel and bias.
///
/// Input: (N, height, width, channels). Output: (N, height, width, filters). Parameters: `weight`
/// (height, width, channels / groups, filters) and, with a bias, `bias` (filters).
public struct Convolution2D: Layer {
  /// The number of output channels.
  public var filters: Int
  public var kernel: Extent2D
  public var strides: Extent2D
  public var padding: ImagePadding
  public var dilation: Extent2D
  /// Channels are split into this many groups that don't see each other.
  public var groups: Int
  public var hasBias: Bool
  public var activation: Activation?
  public var initializer: Initializer

  /// Convolves, adds the bias and applies the activation, if there are any.
  ///
  /// - Parameters:
  ///   - filters: The number of output channels.
  ///   - kernel: Height and width of the kernel, in pixels.
  ///   - strides: The distance between neighbouring results, in pixels.
  ///   - dilation: The distance between neighbouring elements of the kernel, in pixels.
  ///   - groups: How many groups the channels are split into, of which both counts are multiples.
  public init(
    _ filters: Int, kernel: Extent2D, strides: Extent2D = 1, padding: ImagePadding = .valid,
    dilation: Extent2D = 1, groups: Int = 1, hasBias: Bool = true,
    activation: Activation? = nil, initializer: Initializer = .glorotUniform
  ) {
    (self.filters, self.kernel, self.strides) = (filters, kernel, strides)
    (self.padding, self.dilation, self.groups) = (padding, dilation, groups)
    (self.hasBias, self.activation, self.initializer) = (hasBias, activation, initializer)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (size, channels) = scope.image(input), isValid(for: channels, in: scope) else {
      return input
    }
    let edges = padding.edges(around: size, reach: kernel.dilated(by: dilation), strides: strides)
    guard scope.require(!edges.isNegative, "padding can't be negative") else { return input }
    let isDepthwise = groups > 1 && groups == channels
    var operands = [input]
    operands.append(
      scope.parameter(
        "weight", [kernel.height, kernel.width, channels / groups, filters],
        role: isDepthwise ? .depthwiseKernel : .convolutionKernel, initializer: initializer))
    if hasBias {
      operands.append(
        scope.parameter("bias", [filters], role: .bias, initializer: .constant(0)))
    }
    let geometry = ConvolutionGeometry(
      strides: strides, dilation: dilation, padding: edges, groups: groups)
    let operation = Convolution(geometry, epilogue: Epilogue(hasBias: hasBias))
    return scope.builder.apply(operation, to: operands)[0].activated(activation)
  }

  private func isValid(for channels: Int, in scope: Scope) -> Bool {
    scope.require(
      filters > 0 && groups > 0 && kernel.isPositive && strides.isPositive && dilation.isPositive,
      "filters, groups, kernel, strides and dilation of a convolution must be positive")
      && scope.require(
        channels % groups == 0 && filters % groups == 0,
        "\(channels) input channels and \(filters) filters don't split into \(groups) groups")
  }
}
