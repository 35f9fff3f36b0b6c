import GraftGraph

extension OperationCase {
  /// A large shape and a smaller one that repeats to it: every ``Broadcast``, vectors' edges.
  private static let broadcasts: [(large: Shape, small: Shape)] = [
    ([1], [1]), ([7], [7]), ([33, 5], [33, 5]), ([2, 3, 5, 7], [2, 3, 5, 7]),
    ([5, 3], [3]), ([1, 31], [31]), ([2, 5, 7, 1], [1]), ([2, 5, 7, 6], [6]),
    ([3, 4, 5, 64], [64]), ([1, 17, 13, 33], [33]),
    ([2, 5, 7, 3], [2, 3]), ([3, 7, 5, 16], [3, 1, 1, 16]), ([1, 9, 9, 33], [1, 33]),
    ([2, 1, 1, 5], [2, 5]), ([13, 7], [1]), ([2, 3, 5, 7], [1]), ([3, 40], [1, 1]),
  ]
  private static let functions: [Combine.Function] = [.add, .subtract, .multiply]

  static let combinations: [OperationCase] = functions.flatMap { function in
    broadcasts.map { OperationCase(Combine(function), [Operand($0.large), Operand($0.small)]) }
      + [
        OperationCase(
          Combine(function), [Operand([3, 17]), Operand([3, 17])], aliases: [1: 0]),
        OperationCase(Combine(function), [Operand([2, 31, 33, 17]), Operand([2, 31, 33, 17])]),
      ]
  }

  static let sums: [OperationCase] =
    broadcasts.map { OperationCase(Sum(to: $0.small), [Operand($0.large)]) } + [
      OperationCase(Sum(to: [5]), [Operand([4, 31, 33, 5])]),
      // Equal terms, whose rounding errors have one sign.
      OperationCase(Sum(to: [5]), [Operand([4, 31, 33, 5], .repeating([0.3]))]),
      OperationCase(Sum(to: [1]), [Operand([70_001], .repeating([0.3]))]),
      OperationCase(SumOfSquares(), [Operand([70_001], .repeating([0.3]))]),
      OperationCase(Sum(to: [96]), [Operand([257, 96])]),
      OperationCase(Sum(to: [1]), [Operand([70_001])]),
      OperationCase(Sum(to: [2, 96]), [Operand([2, 15, 17, 96])]),
      OperationCase(SumOfSquares(), [Operand([1])]),
      OperationCase(SumOfSquares(), [Operand([3, 5, 7])]),
      OperationCase(SumOfSquares(), [Operand([70_001])]),
      OperationCase(SumOfSquares(), [Operand([3, 3, 64, 65])]),
    ]

  static let expansions: [OperationCase] = broadcasts.map {
    OperationCase(Expand(to: $0.large), [Operand($0.small)])
  }

  static let scalings: [OperationCase] = [
    OperationCase(Scale(by: -1), [Operand([1])]),
    OperationCase(Scale(by: 0.125), [Operand([3, 5, 7])]),
    OperationCase(Scale(by: 2.7), [Operand([2, 13, 17, 33])], differentiating: [0]),
    OperationCase(Fill(0, shape: [1]), []),
    OperationCase(Fill(-1.5, shape: [3, 5, 7]), []),
    OperationCase(Fill(3e38, shape: [2, 31, 33, 5]), []),
  ]

  static let differentiatedCombinations: [OperationCase] = {
    let pairs: [(large: Shape, small: Shape)] = [
      ([3, 5], [3, 5]), ([2, 3, 5, 7], [7]), ([2, 3, 5, 7], [2, 7]),
      ([2, 3, 5, 7], [2, 1, 1, 7]), ([3, 4], [1]),
    ]
    return pairs.flatMap { pair in
      functions.map {
        OperationCase(
          Combine($0), [Operand(pair.large), Operand(pair.small)], differentiating: [0, 1])
      } + [
        OperationCase(Sum(to: pair.small), [Operand(pair.large)], differentiating: [0]),
        OperationCase(Expand(to: pair.large), [Operand(pair.small)], differentiating: [0]),
        OperationCase(SumOfSquares(), [Operand(pair.large)], differentiating: [0]),
      ]
    }
  }()
}
