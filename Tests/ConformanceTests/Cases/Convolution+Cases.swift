import GraftGraph

/// A convolution by the sizes that matter: what the tables below are made of.
struct ConvolutionSizes: Sendable {
  /// Samples, height, width, channels.
  var image: Shape
  /// Height and width.
  var kernel: Extent2D
  /// Output channels.
  var outputs: Int
  var strides = Extent2D(1)
  var padding = EdgePadding()
  var dilation = Extent2D(1)
  var groups = 1

  init(
    _ image: Shape, _ kernel: Extent2D, to outputs: Int, strides: Extent2D = Extent2D(1),
    padding: EdgePadding = EdgePadding(), dilation: Extent2D = Extent2D(1), groups: Int = 1
  ) {
    (self.image, self.kernel, self.outputs, self.strides) = (image, kernel, outputs, strides)
    (self.padding, self.dilation, self.groups) = (padding, dilation, groups)
  }

  init(
    _ image: Shape, _ kernel: Int, to outputs: Int, strides: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1
  ) {
    self.init(
      image, Extent2D(kernel), to: outputs, strides: Extent2D(strides),
      padding: EdgePadding(padding), dilation: Extent2D(dilation), groups: groups)
  }

  /// A depthwise convolution, of an odd kernel and padded to keep the size at a stride of 1.
  static func depthwise(
    _ image: Shape, _ kernel: Int, strides: Int = 1, multiplier: Int = 1
  ) -> ConvolutionSizes {
    ConvolutionSizes(
      image, kernel, to: image[3] * multiplier, strides: strides, padding: kernel / 2,
      groups: image[3])
  }

  var geometry: ConvolutionGeometry {
    ConvolutionGeometry(strides: strides, dilation: dilation, padding: padding, groups: groups)
  }

  var kernelShape: Shape { [kernel.height, kernel.width, image[3] / groups, outputs] }

  var result: Shape {
    let size = geometry.resultSize(of: Extent2D(image[1], image[2]), kernel: kernel)
    return [image[0], size.height, size.width, outputs]
  }

  /// The convolution itself, with a kernel that may change and with one that may not.
  func forward(
    _ epilogue: Epilogue = .none, residual: Operand.Values = .uniform(-1...1),
    differentiating: [Int] = []
  ) -> OperationCase {
    var operands = [Operand(image), Operand(kernelShape)]
    if epilogue.hasBias { operands.append(Operand([outputs])) }
    if epilogue.hasResidual { operands.append(Operand(result, residual)) }
    return OperationCase(
      Convolution(geometry, epilogue: epilogue), operands,
      constantOperands: [[], epilogue.hasBias ? [1, 2] : [1]], differentiating: differentiating)
  }

  var inputGradient: OperationCase {
    OperationCase(
      ConvolutionInputGradient(geometry, imageSize: Extent2D(image[1], image[2])),
      [Operand(result), Operand(kernelShape)], constantOperands: [[], [1]])
  }

  var kernelGradient: OperationCase {
    OperationCase(
      ConvolutionKernelGradient(geometry, kernelShape: kernelShape),
      [Operand(image), Operand(result)])
  }
}

extension OperationCase {
  static let convolutions: [OperationCase] =
    ConvolutionSizes.all.map { $0.forward() } + convolutionEpilogues

  static let convolutionGradients: [OperationCase] = ConvolutionSizes.all.flatMap {
    [$0.inputGradient, $0.kernelGradient]
  }

  /// Bias, residual and activation, on each kind of kernel that has algorithms of its own.
  private static let convolutionEpilogues: [OperationCase] = {
    let pointwise = ConvolutionSizes([2, 5, 7, 17], 1, to: 33)
    let square = ConvolutionSizes([2, 7, 13, 5], 3, to: 19, padding: 1)
    let strided = ConvolutionSizes([1, 13, 9, 3], 3, to: 8, strides: 2, padding: 1)
    let grouped = ConvolutionSizes([1, 7, 5, 12], 3, to: 8, padding: 1, groups: 4)
    let depthwise = ConvolutionSizes.depthwise([2, 9, 7, 33], 3)
    let kinds = [pointwise, square, strided, grouped, depthwise]
    let whole = Epilogue(hasBias: true, hasResidual: true, activation: .relu)
    let biased = kinds.map { $0.forward(Epilogue(hasBias: true)) }
    let residual = kinds.map { $0.forward(Epilogue(hasResidual: true)) }
    let complete = kinds.map { $0.forward(whole) }
    let activated = Activation.all.flatMap { activation in
      [square, pointwise, depthwise].map {
        $0.forward(Epilogue(hasBias: true, activation: activation))
      }
    }
    return biased + residual + complete + activated
  }()
}
