import GraftLayers

/// The convolution of Inception networks with its normalization and ReLU, by torchvision's names.
struct InceptionUnit: Layer {
  var filters: Int
  var kernel: Extent2D
  var stride = 1
  var padding = ImagePadding.centered
  /// How much of the running statistics survives a training step.
  var momentum: Float = 0.9
  /// Which of the network's convolutions it is, as Keras counts them from 0, if Keras has it.
  var position: Int?

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let convolution = Convolution2D(
      filters, kernel: kernel, strides: Extent2D(stride), padding: padding, hasBias: false,
      initializer: .heNormal)
    var x = convolution(input, in: scope / "conv", as: alias("conv2d"))
    x = BatchNormalization(epsilon: 1e-3, momentum: momentum)(
      x, in: scope / "bn", as: alias("batch_normalization"))
    x = x.activated(.relu)
    if let name = alias("activation") { scope.offer(x, as: name) }
    return x
  }

  private func alias(_ kind: String) -> String? {
    position.map { $0 == 0 ? kind : "\(kind)_\($0)" }
  }
}
