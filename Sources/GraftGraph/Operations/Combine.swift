/// How the second operand of a ``Combine`` is repeated to the first's shape.
public enum Broadcast: Hashable, Sendable {
  /// Not at all: both have one shape.
  case same
  /// (channels) along the last axis.
  case channels
  /// (N, channels) or (N, 1, 1, channels) over the height and width of (N, height, width, channels).
  case sampleChannels
  /// A single element.
  case scalar

  /// The way `small` repeats to `large`, or `nil` if it doesn't.
  public init?(from small: Shape, to large: Shape) {
    if small == large {
      self = .same
    } else if small == [large.extents.last ?? 1] {
      self = .channels
    } else if large.rank == 4,
      small == [large[0], 1, 1, large[3]] || small == [large[0], large[3]]
    {
      self = .sampleChannels
    } else if small.count == 1 {
      self = .scalar
    } else {
      return nil
    }
  }
}

/// Combines two tensors element by element; the second may be repeated as ``Broadcast`` says.
///
/// Operands: left; right. Result: of left's shape.
public struct Combine: Operation {
  /// What is done with each pair of elements.
  public enum Function: Hashable, Sendable { case add, subtract, multiply }
  public var function: Function

  /// Combines pairs of elements by a function.
  public init(_ function: Function) { self.function = function }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    guard Broadcast(from: operands[1].shape, to: operands[0].shape) != nil else {
      throw GraphError("can't \(function) tensors of \(operands[0].shape) and \(operands[1].shape)")
    }
    return [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let builder = step.builder
    let (left, right) = (step.operands[0], step.operands[1])
    if index == 0 {
      return function == .multiply ? builder.apply(self, to: gradient, right) : gradient
    }
    let whole: Symbol
    switch function {
    case .add: whole = gradient
    case .subtract: whole = builder.apply(Scale(by: -1), to: gradient)
    case .multiply: whole = builder.apply(Combine(.multiply), to: gradient, left)
    }
    return right.shape == left.shape ? whole : builder.apply(Sum(to: right.shape), to: whole)
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0), Overwrite(operand: 1)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// Sums a tensor to a smaller shape: the reverse of a ``Broadcast``.
///
/// Operands: x. Result: of the given shape; each element is the sum of those it would repeat to.
public struct Sum: Operation {
  public var shape: Shape

  /// Sums to `shape`.
  public init(to shape: Shape) { self.shape = shape }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    guard Broadcast(from: shape, to: operands[0].shape) != nil else {
      throw GraphError("can't sum \(operands[0].shape) to \(shape)")
    }
    return [TensorType(shape, operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map {
      step.builder.apply(Expand(to: step.operands[0].shape), to: $0)
    }
  }
}

/// Repeats a tensor to a larger shape, as ``Broadcast`` says.
///
/// Operands: x. Result: of the given shape.
public struct Expand: Operation {
  public var shape: Shape

  /// Repeats to `shape`.
  public init(to shape: Shape) { self.shape = shape }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    guard Broadcast(from: operands[0].shape, to: shape) != nil else {
      throw GraphError("can't repeat \(operands[0].shape) to \(shape)")
    }
    return [TensorType(shape, operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map { step.builder.apply(Sum(to: step.operands[0].shape), to: $0) }
  }
}

/// Multiplies each element by one number.
///
/// Operands: x. Result: of the same shape.
public struct Scale: Operation {
  public var factor: Float

  /// Multiplies by `factor`.
  public init(by factor: Float) { self.factor = factor }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map { step.builder.apply(self, to: $0) }
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// A tensor whose elements are all one number.
///
/// Operands: none.
public struct Fill: Operation {
  public var value: Float
  public var shape: Shape

  /// Fills `shape` with `value`.
  public init(_ value: Float, shape: Shape) {
    self.value = value
    self.shape = shape
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(shape)]
  }
}

/// The sum of the squares of all elements, for L2 penalties.
///
/// Operands: x. Result: (1).
public struct SumOfSquares: Operation {
  /// The sum of all squares.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType([1])]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map {
      let doubled = step.builder.apply(Scale(by: 2), to: step.operands[0])
      return step.builder.apply(Combine(.multiply), to: doubled, $0)
    }
  }
}
