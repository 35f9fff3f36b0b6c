import GraftGraph

extension MatrixProduct: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (left, right) = (operands[0], operands[1])
    let depth = left.shape[transposesLeft ? 0 : left.shape.rank - 1]
    let rows = left.shape.count / depth
    let columns = right.shape[transposesRight ? 0 : 1]
    var sums = TermSums(count: rows * columns)
    for row in 0..<rows {
      for step in 0..<depth {
        let factor = left.values[transposesLeft ? step * rows + row : row * depth + step]
        for column in 0..<columns {
          let other = transposesRight ? column * depth + step : step * columns + column
          sums.add(factor * right.values[other], at: row * columns + column)
        }
      }
    }
    let leading = transposesLeft ? [rows] : Array(left.shape.extents.dropLast())
    return [epilogue.applied(to: sums.tensor(Shape(leading + [columns])), operands)]
  }
}
