import GraftGraph

extension OperationCase {
  /// Convolutions small enough for their gradients to be checked against differences.
  static let differentiatedConvolutions: [OperationCase] = {
    let square = ConvolutionSizes([2, 5, 4, 3], 3, to: 4, padding: 1)
    let asymmetric = ConvolutionSizes(
      [1, 6, 5, 2], Extent2D(3, 2), to: 3, strides: Extent2D(2, 1),
      padding: EdgePadding(top: 0, bottom: 1, left: 1, right: 0), dilation: Extent2D(1, 2))
    let grouped = ConvolutionSizes([1, 5, 5, 4], 3, to: 6, strides: 2, padding: 1, groups: 2)
    let depthwise = ConvolutionSizes.depthwise([2, 4, 5, 3], 3, multiplier: 2)
    let plain = [square, asymmetric, grouped, depthwise].map {
      $0.forward(differentiating: [0, 1])
    }
    // The result of an activation with a bend stays clear of it by a large residual of each sign.
    let clear = Operand.Values.repeating([40, -40, 30, -30, 50])
    let fused = [Activation.relu, .leakyReLU(slope: 0.1)].map {
      square.forward(
        Epilogue(hasBias: true, hasResidual: true, activation: $0), residual: clear,
        differentiating: [0, 1, 2, 3])
    }
    let smooth = [Activation.sigmoid, .tanh].map {
      grouped.forward(Epilogue(hasBias: true, activation: $0), differentiating: [0, 1, 2])
    }
    return plain + fused + smooth
  }()
}
