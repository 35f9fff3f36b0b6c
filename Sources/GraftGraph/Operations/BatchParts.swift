/// Some consecutive samples of a batch.
///
/// Operands: x, samples first. Result: `count` samples from `start` on, in x's memory.
public struct BatchPart: ViewOperation {
  public var start: Int
  public var count: Int

  /// `count` samples from the sample `start` on, counted from 0.
  public init(from start: Int, count: Int) {
    self.start = start
    self.count = count
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    var shape = operands[0].shape
    guard shape.rank > 0, start >= 0, count > 0, start + count <= shape[0] else {
      throw GraphError("can't take samples \(start)..<\(start + count) of \(shape)")
    }
    shape.extents[0] = count
    return [TensorType(shape, operands[0].elementType)]
  }

  public func elementOffset(in operand: TensorType) -> Int {
    start * (operand.shape.count / max(1, operand.shape[0]))
  }
}

/// A batch whose parts are computed one after the other, each into its place: no work itself.
///
/// Operands: the parts in order, each the result of an operation. Result: the whole.
public struct BatchOfParts: JoiningOperation {
  /// Joins whatever parts it is given.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    try Concatenation(axis: 0).resultTypes(for: operands)
  }
}
