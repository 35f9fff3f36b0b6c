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
  public static func concatenated(_ parts: [Symbol]) -> Symbol {
    precondition(!parts.isEmpty, "nothing to join")
    let axis = max(parts[0].shape.rank - 1, 0)
    return parts[0].builder.apply(Concatenation(axis: axis), to: parts)[0]
  }
}

extension Extent2D: ExpressibleByIntegerLiteral {
  /// The same height and width: `3` stands for 3 × 3.
  public init(integerLiteral value: Int) { self.init(value) }
}
