/// All elements of a sample in one row: (N, height, width, channels) to (N, count).
public struct Flatten: Layer {
  /// A row of each image.
  public init() {}

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let sampleCount = input.shape.extents.first, sampleCount > 0 else { return input }
    return input.reshaped(to: [sampleCount, input.shape.count / sampleCount])
  }
}

/// Another shape over the same elements of each sample.
public struct Reshape: Layer {
  /// The extents of a sample, without the batch.
  public var extents: [Int]

  /// Rows of these extents for each sample, the batch left out.
  public init(_ extents: Int...) { self.extents = extents }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let sampleCount = input.shape.extents.first,
      scope.require(extents.allSatisfy { $0 > 0 }, "extents of \(extents) must be positive")
    else { return input }
    return input.reshaped(to: Shape([sampleCount] + extents))
  }
}

/// Zeros around an image.
public struct ZeroPadding2D: Layer {
  public var edges: EdgePadding

  /// These counts of pixels on each side.
  public init(_ edges: EdgePadding) { self.edges = edges }

  /// The same count on all sides.
  public init(_ count: Int) { edges = EdgePadding(count) }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard scope.image(input) != nil else { return input }
    let padding = Padding(
      before: [0, edges.top, edges.left, 0], after: [0, edges.bottom, edges.right, 0])
    return scope.builder.apply(padding, to: input)
  }
}

/// Zeroes a share of the elements; nothing at inference.
///
/// Which ones follows from seed, epoch and sample alone, wherever in a batch the sample stands.
public struct Dropout: Layer {
  /// The probability of zero, from 0 up to but not including 1.
  public var rate: Float

  /// Drops a share of the elements, from 0 up to but not including 1.
  public init(_ rate: Float) { self.rate = rate }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard rate != 0 else { return input }
    let operation = GraftGraph.Dropout(rate: rate, stream: scope.makeStream())
    return scope.builder.apply(operation, to: input, scope.seeds(for: input))
  }
}
