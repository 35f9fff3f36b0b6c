import Graft

/// How much arithmetic an operation is.
enum FloatingPointWork {
  /// Multiplications and additions of a convolution, a product or their gradients by definition,
  /// whatever the algorithm does; 0 for all else.
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

  /// The multiplications and additions of the algorithm that ran: Winograd's, for tiles of m × m
  /// results, multiplies (m + 2)² times where the definition does 9 m² times, at the edges as well.
  static func executedOperationCount(_ timing: StepTiming) -> Int {
    let count = operationCount(
      timing.operation, operands: timing.operands, results: timing.results)
    let digits = timing.algorithm.dropFirst("winograd".count).prefix(while: \.isNumber)
    guard timing.algorithm.hasPrefix("winograd"), let side = Int(digits), side > 0 else {
      return count
    }
    let output = timing.results[0].shape
    let tileCount = (1...2).reduce(1) { $0 * ((output[$1] + side - 1) / side) }
    let share = Double(tileCount * (side + 2) * (side + 2)) / Double(9 * output[1] * output[2])
    return Int(Double(count) * share)
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
