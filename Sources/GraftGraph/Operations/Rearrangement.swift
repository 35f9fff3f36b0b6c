/// Another shape over the same elements in the same order.
///
/// Operands: x. Result: of the given shape, in x's memory.
public struct Reshape: ViewOperation {
  public var shape: Shape

  /// Takes `shape`, which must have as many elements as the operand.
  public init(to shape: Shape) { self.shape = shape }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    guard shape.count == operands[0].shape.count else {
      throw GraphError("can't reshape \(operands[0].shape) to \(shape): the counts differ")
    }
    return [TensorType(shape, operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map {
      step.builder.apply(Reshape(to: step.operands[0].shape), to: $0)
    }
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? {
    guard shape.extents.first == batchSize else { return nil }
    return Reshape(to: Shape([count] + shape.extents.dropFirst()))
  }
}

/// Joins tensors along one axis.
///
/// Operands: one or more, equal but for the extent of `axis`. Result: their concatenation.
public struct Concatenation: Operation {
  public var axis: Int

  /// Joins along `axis`, counted from the outermost, 0.
  public init(axis: Int) { self.axis = axis }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    var shape = operands[0].shape
    guard shape.extents.indices.contains(axis) else {
      throw GraphError("can't join tensors of \(shape) along axis \(axis)")
    }
    for operand in operands.dropFirst() {
      var other = operand.shape
      guard other.rank == shape.rank else {
        throw GraphError("can't join \(shape) and \(other): the ranks differ")
      }
      let extent = other[axis]
      other.extents[axis] = shape[axis]
      guard other == shape else {
        throw GraphError("can't join \(shape) and \(operand.shape) along axis \(axis)")
      }
      shape.extents[axis] += extent
    }
    return [TensorType(shape, operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let shape = step.operands[index].shape
    var starts = Array(repeating: 0, count: shape.rank)
    starts[axis] = step.operands[..<index].reduce(0) { $0 + $1.shape[axis] }
    return step.builder.apply(Slice(starts: starts, shape: shape), to: gradient)
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? {
    axis == 0 ? nil : self
  }
}

/// A box cut out of a tensor.
///
/// Operands: x. Result: of the given shape, from `starts` on along each axis.
public struct Slice: Operation {
  public var starts: [Int]
  public var shape: Shape

  /// Cuts out `shape` from `starts` on, an element for each axis in both.
  public init(starts: [Int], shape: Shape) {
    self.starts = starts
    self.shape = shape
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let whole = operands[0].shape
    let fits =
      starts.count == whole.rank && shape.rank == whole.rank
      && starts.indices.allSatisfy { starts[$0] >= 0 && starts[$0] + shape[$0] <= whole[$0] }
    guard fits else { throw GraphError("can't cut \(shape) at \(starts) out of \(whole)") }
    return [TensorType(shape, operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let whole = step.operands[0].shape
    let after = starts.indices.map { whole[$0] - starts[$0] - shape[$0] }
    return step.builder.apply(Padding(before: starts, after: after), to: gradient)
  }
}

/// A tensor with one number around it.
///
/// Operands: x. Result: x with `before` and `after` elements of `value` added along each axis.
public struct Padding: Operation {
  public var before: [Int]
  public var after: [Int]
  public var value: Float

  /// Adds elements of `value`, as many as `before` and `after` say for each axis.
  public init(before: [Int], after: [Int], value: Float = 0) {
    self.before = before
    self.after = after
    self.value = value
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let shape = operands[0].shape
    guard before.count == shape.rank, after.count == shape.rank,
      (before + after).allSatisfy({ $0 >= 0 })
    else { throw GraphError("padding of \(before) and \(after) does not fit \(shape)") }
    let extents = shape.extents.indices.map { before[$0] + shape[$0] + after[$0] }
    return [TensorType(Shape(extents), operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    step.resultGradient.map {
      step.builder.apply(Slice(starts: before, shape: step.operands[0].shape), to: $0)
    }
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? {
    before.first == 0 && after.first == 0 ? self : nil
  }
}
