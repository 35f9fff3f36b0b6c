extension Symbol {
  /// The activation of each element.
  public func activated(_ activation: Activation?) -> Symbol {
    activation.map { builder.apply(Activate($0), to: self) } ?? self
  }

  /// The same elements under another shape.
  public func reshaped(to shape: Shape) -> Symbol {
    builder.apply(GraftGraph.Reshape(to: shape), to: self)
  }

  /// The sum of two tensors; the right one may be repeated as ``Broadcast`` says.
  public static func + (left: Symbol, right: Symbol) -> Symbol {
    left.builder.apply(Combine(.add), to: left, right)
  }

  /// The product, element by element; the right one may be repeated as ``Broadcast`` says.
  public static func * (left: Symbol, right: Symbol) -> Symbol {
    left.builder.apply(Combine(.multiply), to: left, right)
  }

  /// Joins tensors along the channels, in order.
  public static func concatenated(_ first: Symbol, _ others: Symbol...) -> Symbol {
    let axis = max(first.shape.rank - 1, 0)
    return first.builder.apply(Concatenation(axis: axis), to: [first] + others)[0]
  }
}

extension Extent2D: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}
