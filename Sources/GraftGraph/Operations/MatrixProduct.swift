/// The product of two matrices, each optionally transposed first.
///
/// Operands: left (rows, depth); right (depth, columns); the epilogue's, with a bias per column.
/// Result: (rows, columns).
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
    guard left.rank == 2, right.rank == 2 else {
      throw GraphError("a matrix product takes two matrices, not \(left) and \(right)")
    }
    let depth = transposesLeft ? left[0] : left[1]
    guard depth == (transposesRight ? right[1] : right[0]) else {
      throw GraphError("inner extents differ: \(left) and \(right)")
    }
    let shape: Shape = [
      transposesLeft ? left[1] : left[0], transposesRight ? right[0] : right[1],
    ]
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
      return transposesRight
        ? product(sums, left, true, transposesLeft, in: step)
        : product(left, sums, !transposesLeft, false, in: step)
    default: return epilogue.gradient(ofOperand: index, sums: sums, in: step)
    }
  }

  public var overwrites: [Overwrite] { epilogue.overwrites }

  private func product(
    _ left: Symbol, _ right: Symbol, _ transposesLeft: Bool, _ transposesRight: Bool,
    in step: BackwardStep
  ) -> Symbol {
    step.builder.apply(
      MatrixProduct(transposesLeft: transposesLeft, transposesRight: transposesRight),
      to: left, right)
  }
}
