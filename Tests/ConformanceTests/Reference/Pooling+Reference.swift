import GraftGraph

extension Pooling {
  /// The pixels of the image that the window at (`y`, `x`) of the result covers, row by row, and
  /// what a mean over that window divides by.
  fileprivate func window(
    atRow y: Int, column x: Int, of image: Extent2D
  ) -> (pixels: [Int], divisor: Double) {
    let (top, left) = (y * strides.height - padding.top, x * strides.width - padding.left)
    let bottom = min(top + window.height, image.height + padding.bottom)
    let right = min(left + window.width, image.width + padding.right)
    var pixels: [Int] = []
    for row in max(top, 0)..<min(bottom, image.height) {
      for column in max(left, 0)..<min(right, image.width) {
        pixels.append(row * image.width + column)
      }
    }
    let counted =
      kind == .average(countsPadding: true) ? (bottom - top) * (right - left) : pixels.count
    return (pixels, Double(counted))
  }

  /// Visits each element of the result, with the elements of the image that its window covers.
  fileprivate func forEachWindow(
    image: Shape, result: Shape, _ body: (_ result: Int, _ image: [Int], _ divisor: Double) -> Void
  ) {
    let size = Extent2D(image[1], image[2])
    for y in 0..<result[1] {
      for x in 0..<result[2] {
        let (pixels, divisor) = window(atRow: y, column: x, of: size)
        for sample in 0..<image[0] {
          let start = sample * size.height * size.width
          for channel in 0..<image[3] {
            body(
              ((sample * result[1] + y) * result[2] + x) * image[3] + channel,
              pixels.map { (start + $0) * image[3] + channel }, divisor)
          }
        }
      }
    }
  }
}

/// The first position of the largest of `values` at `positions`; a NaN counts as larger than all.
private func firstMaximum(of values: [Double], at positions: [Int]) -> Int {
  positions.dropFirst().reduce(positions[0]) {
    values[$1] > values[$0] || values[$1].isNaN ? $1 : $0
  }
}

extension Pooling: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let image = operands[0]
    let size = resultSize(of: Extent2D(image.shape[1], image.shape[2]))
    let shape: Shape = [image.shape[0], size.height, size.width, image.shape[3]]
    var sums = TermSums(count: shape.count)
    forEachWindow(image: image.shape, result: shape) { target, window, divisor in
      if kind == .maximum {
        sums.add(image.values[firstMaximum(of: image.values, at: window)], at: target)
      } else {
        for source in window { sums.add(image.values[source] / divisor, at: target) }
      }
    }
    return [sums.tensor(shape)]
  }
}

extension PoolingGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let gradient = operands[0]
    let shape: Shape = [
      gradient.shape[0], imageSize.height, imageSize.width, gradient.shape[3],
    ]
    var sums = TermSums(count: shape.count)
    pooling.forEachWindow(image: shape, result: gradient.shape) { source, window, divisor in
      if pooling.kind == .maximum {
        let target = firstMaximum(of: operands[1].values, at: window)
        sums.add(gradient.values[source], at: target)
      } else {
        for target in window { sums.add(gradient.values[source] / divisor, at: target) }
      }
    }
    return [sums.tensor(shape)]
  }
}

extension GlobalPooling: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let image = operands[0]
    let result = windowed(image.shape).evaluate(operands)[0]
    return [
      ReferenceTensor(
        [image.shape[0], image.shape[3]], result.values, magnitudes: result.magnitudes)
    ]
  }

  /// The same as a pooling whose window is the image.
  fileprivate func windowed(_ image: Shape) -> Pooling {
    let size = Extent2D(image[1], image[2])
    return Pooling(
      kind == .maximum ? .maximum : .average(countsPadding: false), window: size, strides: size)
  }
}

extension GlobalPoolingGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let gradient = operands[0]
    let (samples, channels) = (gradient.shape[0], gradient.shape[1])
    let pooling = GlobalPooling(kind).windowed([samples, imageSize.height, imageSize.width, 1])
    let pixel = ReferenceTensor([samples, 1, 1, channels], gradient.values)
    return PoolingGradient(pooling, imageSize: imageSize)
      .evaluate([pixel] + operands.dropFirst())
  }
}
