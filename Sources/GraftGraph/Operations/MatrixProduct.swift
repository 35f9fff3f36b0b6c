/// The product of two matrices, each optionally transposed first.
///
/// Operands: left (…, depth), or (depth, rows) where it is transposed; right (depth, columns), or
/// (columns, depth); the epilogue's, with a bias per column. Result: (…, columns), the leading axes
/// being left's: all rows of a batch of sequences go through one product.
public struct MatrixProduct: Operation {
  public var transposesLeft: Bool
  public var transposesRight: Bool
  public var epilogue: Epilogue

  /// Multiplies matrices.
  ///
  /// - Parameters:
  ///   - transposesLeft: Whether the left operand is (depth, rows).
  ///   - transposesRight: Whether the right operand is (columns, depth).
  ///   - epilogue: What is done to the product before it is stored.
  public init(
    transposesLeft: Bool = false, transposesRight: Bool = false, epilogue: Epilogue = .none
  ) {
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
    self.epilogue = epilogue
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (left, right) = (operands[0].shape, operands[1].shape)
    guard left.rank == 2 || (left.rank > 2 && !transposesLeft), right.rank == 2 else {
      throw GraphError("a matrix product takes two matrices, not \(left) and \(right)")
    }
    let depth = left[transposesLeft ? 0 : left.rank - 1]
    guard depth == (transposesRight ? right[1] : right[0]) else {
      throw GraphError("inner extents differ: \(left) and \(right)")
    }
    let rows = transposesLeft ? [left[1]] : Array(left.extents.dropLast())
    let shape = Shape(rows + [transposesRight ? right[0] : right[1]])
    let result = TensorType(shape, operands[0].elementType)
    try epilogue.check(operands, result: result)
    return [result]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let sums = epilogue.gradientOfSums(step) else { return nil }
    let (left, right) = (step.operands[0], step.operands[1])
    switch index {
    case 0:
      return transposesLeft
        ? product(right, sums, transposesRight, true, in: step)
        : product(sums, right, false, !transposesRight, in: step)
    case 1:
      let (rows, sums) = (matrix(left, in: step), matrix(sums, in: step))
      return transposesRight
        ? product(sums, rows, true, transposesLeft, in: step)
        : product(rows, sums, !transposesLeft, false, in: step)
    default: return epilogue.gradient(ofOperand: index, sums: sums, in: step)
    }
  }

  public var overwrites: [Overwrite] { epilogue.overwrites }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? {
    transposesLeft ? nil : self
  }

  /// All leading axes as one.
  private func matrix(_ symbol: Symbol, in step: BackwardStep) -> Symbol {
    let shape = symbol.shape
    guard shape.rank > 2 else { return symbol }
    let columns = shape[shape.rank - 1]
    return step.builder.apply(Reshape(to: [shape.count / columns, columns]), to: symbol)
  }

  private func product(
    _ left: Symbol, _ right: Symbol, _ transposesLeft: Bool, _ transposesRight: Bool,
    in step: BackwardStep
  ) -> Symbol {
    step.builder.apply(
      MatrixProduct(transposesLeft: transposesLeft, transposesRight: transposesRight),
      to: left, right)
  }
}
