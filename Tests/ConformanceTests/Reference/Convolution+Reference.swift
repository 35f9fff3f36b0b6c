import GraftGraph

extension ConvolutionGeometry {
  /// Visits every product of a convolution: the positions of the result's, the image's and the
  /// kernel's element in their tensors.
  @inline(__always)
  func forEachProduct(
    image: Shape, kernel: Shape, result: Shape,
    _ body: (_ result: Int, _ image: Int, _ kernel: Int) -> Void
  ) {
    let inputs = kernel[2]
    let outputs = kernel[3] / groups
    for sample in 0..<image[0] {
      forEachTap(image: image, kernel: kernel, result: result) { y, x, row, column, tap in
        let pixel = ((sample * image[1] + row) * image[2] + column) * image[3]
        let place = ((sample * result[1] + y) * result[2] + x) * result[3]
        for group in 0..<groups {
          for input in 0..<inputs {
            for output in group * outputs..<(group + 1) * outputs {
              body(
                place + output, pixel + group * inputs + input,
                (tap * inputs + input) * kernel[3] + output)
            }
          }
        }
      }
    }
  }

  /// Visits each pair of a result's pixel and an image's pixel that one kernel element joins.
  @inline(__always)
  private func forEachTap(
    image: Shape, kernel: Shape, result: Shape,
    _ body: (_ y: Int, _ x: Int, _ row: Int, _ column: Int, _ tap: Int) -> Void
  ) {
    for y in 0..<result[1] {
      for x in 0..<result[2] {
        for tap in 0..<kernel[0] * kernel[1] {
          let row = y * strides.height - padding.top + tap / kernel[1] * dilation.height
          let column = x * strides.width - padding.left + tap % kernel[1] * dilation.width
          if row >= 0, row < image[1], column >= 0, column < image[2] {
            body(y, x, row, column, tap)
          }
        }
      }
    }
  }
}

/// The magnitude of an element to which all taps contribute: near the edges fewer do, but a
/// transform mixes in the others all the same.
private func typicalMagnitude(
  _ first: ReferenceTensor, _ second: ReferenceTensor, termCount: Int
) -> Double {
  first.meanMagnitude * second.meanMagnitude * Double(termCount)
}

extension Convolution: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (image, kernel) = (operands[0], operands[1])
    let size = geometry.resultSize(
      of: Extent2D(image.shape[1], image.shape[2]),
      kernel: Extent2D(kernel.shape[0], kernel.shape[1]))
    let shape: Shape = [image.shape[0], size.height, size.width, kernel.shape[3]]
    var sums = TermSums(count: shape.count)
    geometry.forEachProduct(image: image.shape, kernel: kernel.shape, result: shape) {
      sums.add(image.values[$1] * kernel.values[$2], at: $0)
    }
    let inner = typicalMagnitude(image, kernel, termCount: kernel.shape.count / shape[3])
    return [
      epilogue.applied(to: sums.tensor(shape), operands).spreadingMagnitudes(atLeast: inner)
    ]
  }
}

extension ConvolutionInputGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (gradient, kernel) = (operands[0], operands[1])
    let shape: Shape = [
      gradient.shape[0], imageSize.height, imageSize.width, kernel.shape[2] * geometry.groups,
    ]
    var sums = TermSums(count: shape.count)
    geometry.forEachProduct(image: shape, kernel: kernel.shape, result: gradient.shape) {
      sums.add(gradient.values[$0] * kernel.values[$2], at: $1)
    }
    let terms = kernel.shape[0] * kernel.shape[1] * kernel.shape[3] / geometry.groups
    let inner = typicalMagnitude(gradient, kernel, termCount: terms)
    return [sums.tensor(shape).spreadingMagnitudes(atLeast: inner)]
  }
}

extension ConvolutionKernelGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (image, gradient) = (operands[0], operands[1])
    var sums = TermSums(count: kernelShape.count)
    geometry.forEachProduct(image: image.shape, kernel: kernelShape, result: gradient.shape) {
      sums.add(image.values[$1] * gradient.values[$0], at: $2)
    }
    return [sums.tensor(kernelShape).spreadingMagnitudes()]
  }
}

extension Epilogue {
  /// Bias, residual and activation on `sums`, the operands being those of the whole operation.
  func applied(to sums: ReferenceTensor, _ operands: [ReferenceTensor]) -> ReferenceTensor {
    var result = sums
    let channels = result.shape.extents.last ?? 1
    for index in result.values.indices {
      if let biasIndex {
        let bias = operands[biasIndex].values[index % channels]
        result.values[index] += bias
        result.magnitudes[index] += abs(bias)
      }
      if let residualIndex {
        let residual = operands[residualIndex].values[index]
        result.values[index] += residual
        result.magnitudes[index] += abs(residual)
      }
    }
    guard let activation else { return result }
    for index in result.values.indices {
      result.magnitudes[index] += activation.magnitude(at: result.values[index])
      result.values[index] = activation.value(at: result.values[index])
    }
    return result
  }
}
