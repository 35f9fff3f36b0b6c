/// A dense layer that each pixel goes through: a convolution of one pixel whose parameters are a
/// dense layer's, as channels-last networks in PyTorch and Keras have it.
///
/// Input: (N, height, width, channels). Output: (N, height, width, units). Parameters: `weight`
/// (channels, units) and `bias` (units).
public struct PixelwiseDense: Layer {
  public var units: Int
  public var activation: Activation?
  public var initializer: Initializer

  /// Multiplies each pixel by the weight, adds the bias and applies the activation, if there is one.
  ///
  /// - Parameter units: The number of output channels.
  public init(
    _ units: Int, activation: Activation? = nil, initializer: Initializer = .glorotUniform
  ) {
    (self.units, self.activation, self.initializer) = (units, activation, initializer)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, channels) = scope.image(input),
      scope.require(units > 0, "a dense layer needs at least one unit, not \(units)")
    else { return input }
    let weight = scope.parameter(
      "weight", [channels, units], role: .denseKernel, initializer: initializer)
    let bias = scope.parameter("bias", [units], role: .bias, initializer: .constant(0))
    let operation = Convolution(ConvolutionGeometry(), epilogue: Epilogue(hasBias: true))
    let kernel = weight.reshaped(to: [1, 1, channels, units])
    return scope.builder.apply(operation, to: [input, kernel, bias])[0].activated(activation)
  }
}
