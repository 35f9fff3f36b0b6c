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
      return 2 * results[0].shape.count * (product.transposesLeft ? left[0] : left[left.rank - 1])
    case is DotProductAttention: return attention(operands, productCount: 2)
    case is DotProductAttentionGradient: return attention(operands, productCount: 5)
    default: return 0
    }
  }

  /// The multiplications and additions of the algorithm that ran: Winograd's, for tiles of m × n results
  /// of a kernel of r × s taps, multiplies (m + r - 1)(n + s - 1) times where the definition does mnrs
  /// times, at the edges as well.
  static func executedOperationCount(_ timing: StepTiming) -> Int {
    let count = operationCount(
      timing.operation, operands: timing.operands, results: timing.results)
    guard timing.algorithm.hasPrefix("winograd") else { return count }
    let sides = timing.algorithm.dropFirst("winograd".count).split(separator: "x").map {
      Int($0.prefix(while: \.isNumber)) ?? 0
    }
    // What tiles are cut from, and the taps: of the three tensors, the kernel is the gradient's result.
    let isGradient = timing.operation is ConvolutionKernelGradient
    let output = isGradient ? timing.operands[1].shape : timing.results[0].shape
    let kernel = isGradient ? timing.results[0].shape : timing.operands[1].shape
    guard sides.count == 2, sides.allSatisfy({ $0 > 0 }) else { return count }
    let share = (0..<2).reduce(1.0) { share, axis in
      let tiles = (output[axis + 1] + sides[axis] - 1) / sides[axis]
      return share * Double(tiles * (sides[axis] + kernel[axis] - 1))
        / Double(output[axis + 1] * kernel[axis])
    }
    return Int(Double(count) * share)
  }

  /// The bytes of everything an operation reads and writes, each once.
  static func byteCount(operands: [TensorType], results: [TensorType]) -> Int {
    (operands + results).reduce(0) { $0 + $1.byteCount }
  }

  /// Products of queries and keys, and of their weights and values: (N, T, channels), (N, S, channels).
  private static func attention(_ operands: [TensorType], productCount: Int) -> Int {
    2 * productCount * operands[0].shape.count * operands[1].shape[1]
  }

  /// Kernels are (height, width, input channels of a group, output channels).
  private static func convolution(kernel: Shape, output: Shape) -> Int {
    2 * output.count * kernel[0] * kernel[1] * kernel[2]
  }
}
