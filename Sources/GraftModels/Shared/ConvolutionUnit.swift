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
  var normalization: BatchNormalization
  var activation: Activation?
  var aliases: Aliases?

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = convolution(input, in: scope / 0, as: aliases?.convolution)
    x = normalization(x, in: scope / 1, as: aliases?.normalization)
    guard let activation else { return x }
    return ActivationLayer(activation)(x, in: scope / 2, as: aliases?.activation)
  }
}

extension Convolution2D {
  /// A convolution that a normalization follows: no bias, PyTorch's padding and initial values.
  static func unbiased(
    _ filters: Int, kernel: Int, stride: Int = 1, padding: ImagePadding = .centered,
    groups: Int = 1
  ) -> Convolution2D {
    Convolution2D(
      filters, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: padding,
      groups: groups, hasBias: false, initializer: .heNormal)
  }
}
