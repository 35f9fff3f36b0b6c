import GraftLayers

/// A convolution without bias, its normalization and its activation, as PyTorch's projects nest
/// them: layers `0`, `1` and `2` of one module.
struct ConvolutionUnit: Layer {
  /// Keras's names of the three.
  struct Aliases {
    var convolution: String
    var normalization: String
    var activation: String
  }

  var convolution: Convolution2D
  var normalization = BatchNormalization()
  var activation: Activation?
  var aliases: Aliases?

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = convolution(input, in: scope / 0, as: aliases?.convolution)
    x = normalization(x, in: scope / 1, as: aliases?.normalization)
    guard let activation else { return x }
    return ActivationLayer(activation)(x, in: scope / 2, as: aliases?.activation)
  }
}

/// The number of channels nearest to `count` that `divisor` divides, never less than 90% of it.
func channels(_ count: Float, divisor: Int = 8) -> Int {
  let rounded = max(divisor, Int(count + Float(divisor) / 2) / divisor * divisor)
  return Float(rounded) < 0.9 * count ? rounded + divisor : rounded
}
