/// The largest element of each window of an image, channel by channel.
///
/// Input: (N, height, width, channels). Padding never wins.
public struct MaxPooling2D: Layer {
  public var window: Extent2D
  /// How far the window moves; by its own size if `nil`.
  public var strides: Extent2D?
  public var padding: ImagePadding
  /// Whether a last, incomplete window counts (PyTorch's ceil mode).
  public var roundsUp: Bool

  /// The maximum of each window.
  ///
  /// - Parameters:
  ///   - window: Height and width of a window, in pixels.
  ///   - strides: The distance between windows, in pixels; by default the window's size.
  ///   - roundsUp: Whether a last, incomplete window counts.
  public init(
    _ window: Extent2D = 2, strides: Extent2D? = nil, padding: ImagePadding = .valid,
    roundsUp: Bool = false
  ) {
    (self.window, self.strides) = (window, strides)
    (self.padding, self.roundsUp) = (padding, roundsUp)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    pool(input, .maximum, window, strides ?? window, padding, roundsUp: roundsUp, in: scope)
  }
}

/// The mean of each window of an image, channel by channel.
///
/// Input: (N, height, width, channels).
public struct AveragePooling2D: Layer {
  public var window: Extent2D
  /// How far the window moves; by its own size if `nil`.
  public var strides: Extent2D?
  public var padding: ImagePadding
  /// Whether padding counts as zeros (PyTorch's default) or not at all (TensorFlow's).
  public var countsPadding: Bool
  /// Whether a last, incomplete window counts (PyTorch's ceil mode).
  public var roundsUp: Bool

  /// The mean of each window.
  ///
  /// - Parameters:
  ///   - window: Height and width of a window, in pixels.
  ///   - strides: The distance between windows, in pixels; by default the window's size.
  ///   - countsPadding: Whether padding counts as zeros or not at all.
  ///   - roundsUp: Whether a last, incomplete window counts.
  public init(
    _ window: Extent2D = 2, strides: Extent2D? = nil, padding: ImagePadding = .valid,
    countsPadding: Bool = false, roundsUp: Bool = false
  ) {
    (self.window, self.strides, self.padding) = (window, strides, padding)
    (self.countsPadding, self.roundsUp) = (countsPadding, roundsUp)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    pool(
      input, .average(countsPadding: countsPadding), window, strides ?? window, padding,
      roundsUp: roundsUp, in: scope)
  }
}

/// The mean of each cell of a grid of `size` over the image, whose size must be a multiple of it.
///
/// Input: (N, height, width, channels). Output: (N, size, size, channels).
public struct AdaptiveAveragePooling2D: Layer {
  public var size: Extent2D

  /// A grid of this height and width, in cells.
  public init(_ size: Extent2D) { self.size = size }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let image = scope.image(input)?.size else { return input }
    let fits =
      size.isPositive && image.isPositive && image.height % size.height == 0
      && image.width % size.width == 0
    guard
      scope.require(
        fits,
        "an image of \(image.height)×\(image.width) does not divide into \(size.height)×\(size.width)"
          + " cells; choose the network's own input size or a multiple of it")
    else { return input }
    guard image != size else { return input }
    let window = Extent2D(image.height / size.height, image.width / size.width)
    return AveragePooling2D(window).trace(input, in: scope)
  }
}

private func pool(
  _ input: Symbol, _ kind: PoolingKind, _ window: Extent2D, _ strides: Extent2D,
  _ padding: ImagePadding, roundsUp: Bool, in scope: Scope
) -> Symbol {
  guard let size = scope.image(input)?.size,
    scope.require(
      window.isPositive && strides.isPositive, "window and strides of a pooling must be positive")
  else { return input }
  let edges = padding.edges(around: size, reach: window, strides: strides)
  guard scope.require(!edges.isNegative, "padding can't be negative") else { return input }
  let operation = Pooling(
    kind, window: window, strides: strides, padding: edges, roundsUp: roundsUp)
  return scope.builder.apply(operation, to: input)
}
