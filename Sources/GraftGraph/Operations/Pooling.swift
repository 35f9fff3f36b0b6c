/// What a pooling window becomes.
public enum PoolingKind: Hashable, Sendable {
  case maximum
  /// The mean of the window, with the padding counted as zeros or left out of the mean.
  case average(countsPadding: Bool)
}

/// Reduces each window of an image to one value per channel.
///
/// Operands: the image (N, height, width, channels). Result: the same with a smaller height and
/// width. Window positions in the padding never win a maximum; a NaN always does, as in PyTorch. Where the size is rounded up
/// (ceil mode), the last window starts inside the image or its leading padding, as in PyTorch, and
/// a mean that counts padding counts only what lies within the padded image.
public struct Pooling: Operation {
  public var kind: PoolingKind
  public var window: Extent2D
  public var strides: Extent2D
  public var padding: EdgePadding
  /// Whether a last, incomplete window counts.
  public var roundsUp: Bool

  /// Reduces windows.
  ///
  /// - Parameters:
  ///   - window: Height and width of a window, in elements.
  ///   - strides: The distance between windows, in elements.
  ///   - padding: Elements added around the image.
  ///   - roundsUp: Whether a last, incomplete window counts (PyTorch's ceil mode).
  public init(
    _ kind: PoolingKind, window: Extent2D, strides: Extent2D, padding: EdgePadding = EdgePadding(),
    roundsUp: Bool = false
  ) {
    (self.kind, self.window, self.strides) = (kind, window, strides)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  /// The height and width of the result.
  public func resultSize(of image: Extent2D) -> Extent2D {
    func size(_ extent: Int, _ before: Int, _ after: Int, _ window: Int, _ stride: Int) -> Int {
      let free = extent + before + after - window
      guard free >= 0 || (roundsUp && free + stride > 0) else { return 0 }
      guard roundsUp else { return free / stride + 1 }
      let count = (free + stride - 1) / stride + 1
      return (count - 1) * stride >= extent + before ? count - 1 : count
    }
    return Extent2D(
      size(image.height, padding.top, padding.bottom, window.height, strides.height),
      size(image.width, padding.left, padding.right, window.width, strides.width))
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let image = operands[0].shape
    guard image.rank == 4 else { throw GraphError("pooling takes images N×H×W×C, not \(image)") }
    let padded =
      [padding.top, padding.bottom].allSatisfy { $0 < window.height }
      && [padding.left, padding.right].allSatisfy { $0 < window.width }
    guard padded else { throw GraphError("padding must be smaller than the pooling window") }
    let size = resultSize(of: operands[0].imageSize)
    guard size.height > 0, size.width > 0 else {
      throw GraphError("an image of \(image[1])×\(image[2]) is too small for the pooling window")
    }
    return [TensorType([image[0], size.height, size.width, image[3]], operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let operation = PoolingGradient(self, imageSize: step.operands[0].type.imageSize)
    return kind == .maximum
      ? step.builder.apply(operation, to: gradient, step.operands[0])
      : step.builder.apply(operation, to: gradient)
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of a ``Pooling``; of equal maxima of a window the first gets it, row by
/// row, of several NaN the last.
///
/// Operands: the gradient of the result; for a maximum also the image. Result: the gradient of the
/// image.
public struct PoolingGradient: Operation {
  public var pooling: Pooling
  public var imageSize: Extent2D

  /// The gradient of `pooling` for images of a size.
  public init(_ pooling: Pooling, imageSize: Extent2D) {
    self.pooling = pooling
    self.imageSize = imageSize
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let gradient = operands[0].shape
    return [TensorType([gradient[0], imageSize.height, imageSize.width, gradient[3]])]
  }
}

/// Reduces each whole image to one value per channel.
///
/// Operands: the image (N, height, width, channels). Result: (N, channels). A NaN wins a maximum.
public struct GlobalPooling: Operation {
  /// Whether the mean or the maximum is taken.
  public enum Kind: Hashable, Sendable { case average, maximum }
  public var kind: Kind

  /// Takes the mean or the maximum.
  public init(_ kind: Kind) { self.kind = kind }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let image = operands[0].shape
    guard image.rank == 4 else {
      throw GraphError("global pooling takes images N×H×W×C, not \(image)")
    }
    return [TensorType([image[0], image[3]], operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let operation = GlobalPoolingGradient(kind, imageSize: step.operands[0].type.imageSize)
    return kind == .maximum
      ? step.builder.apply(operation, to: gradient, step.operands[0])
      : step.builder.apply(operation, to: gradient)
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of a ``GlobalPooling``; of equal maxima the first gets it, of several NaN the
/// last.
///
/// Operands: the gradient of the result (N, channels); for a maximum also the image. Result: the
/// gradient of the image.
public struct GlobalPoolingGradient: Operation {
  public var kind: GlobalPooling.Kind
  public var imageSize: Extent2D

  /// The gradient of a global pooling for images of a size.
  public init(_ kind: GlobalPooling.Kind, imageSize: Extent2D) {
    self.kind = kind
    self.imageSize = imageSize
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let gradient = operands[0].shape
    return [TensorType([gradient[0], imageSize.height, imageSize.width, gradient[1]])]
  }
}
