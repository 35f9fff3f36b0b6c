import Graft

/// How much arithmetic an operation is: what its definition says, whatever the algorithm does.
enum FloatingPointWork {
  /// Multiplications and additions of a convolution, a product or their gradients; 0 for all else.
  static func operationCount(
    _ operation: any Operation, operands: [TensorType], results: [TensorType]
  ) -> Int {
    switch operation {
    case is Convolution:
      return convolution(kernel: operands[1].shape, output: results[0].shape)
    case is ConvolutionInputGradient:
      return convolution(kernel: operands[1].shape, output: operands[0].shape)
    case is ConvolutionKernelGradient:
      return convolution(kernel: results[0].shape, output: operands[1].shape)
    case let product as MatrixProduct:
      let left = operands[0].shape
      return 2 * results[0].shape.count * (product.transposesLeft ? left[0] : left[1])
    default: return 0
    }
  }

  /// The bytes of everything an operation reads and writes, each once.
  static func byteCount(operands: [TensorType], results: [TensorType]) -> Int {
    (operands + results).reduce(0) { $0 + $1.byteCount }
  }

  /// Kernels are (height, width, input channels of a group, output channels).
  private static func convolution(kernel: Shape, output: Shape) -> Int {
    2 * output.count * kernel[0] * kernel[1] * kernel[2]
  }
}
