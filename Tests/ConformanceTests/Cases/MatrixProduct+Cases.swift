import GraftGraph

extension OperationCase {
  static let matrixProducts: [OperationCase] = {
    // Rows, depth, columns.
    let sizes = [
      (1, 1, 1), (1, 5, 1), (2, 3, 5), (7, 1, 9), (5, 7, 3), (13, 17, 31), (16, 16, 16),
      (33, 31, 33), (1, 96, 65), (65, 40, 1), (5, 512, 10), (32, 64, 96), (3, 1280, 7),
    ]
    let plain = sizes.flatMap { rows, depth, columns in
      transpositions.map { product(rows, depth, columns, transposed: $0) }
    }
    return plain + matrixProductEpilogues + [
      // A matrix times itself transposed.
      OperationCase(
        MatrixProduct(transposesLeft: true), [Operand([7, 9]), Operand([7, 9])], aliases: [1: 0])
    ] + sequenceProducts
  }()

  /// The rows of a batch of sequences.
  private static let sequenceProducts: [OperationCase] = [
    (Epilogue(hasBias: true, activation: .gelu), [] as [Int]),
    (Epilogue(hasBias: true, hasResidual: true), [0, 1, 2, 3]),
  ].flatMap { epilogue, differentiated in
    [false, true].map { transposesRight in
      var operands = [
        Operand([2, 7, 5]), Operand(transposesRight ? [9, 5] : [5, 9]), Operand([9]),
      ]
      if epilogue.hasResidual { operands.append(Operand([2, 7, 9])) }
      return OperationCase(
        MatrixProduct(transposesRight: transposesRight, epilogue: epilogue), operands,
        constantOperands: [[], [1]], differentiating: differentiated)
    }
  }

  static let differentiatedMatrixProducts: [OperationCase] = transpositions.flatMap { transposed in
    [
      product(3, 5, 4, transposed: transposed, differentiating: [0, 1]),
      product(
        2, 3, 7, transposed: transposed, Epilogue(hasBias: true, activation: .sigmoid),
        differentiating: [0, 1, 2]),
      product(
        5, 2, 3, transposed: transposed, Epilogue(hasBias: true, hasResidual: true),
        differentiating: [0, 1, 2, 3]),
    ]
  }

  private static let transpositions = [
    (left: false, right: false), (false, true), (true, false), (true, true),
  ]

  private static let matrixProductEpilogues: [OperationCase] = {
    let activated = Activation.all.map {
      product(7, 17, 33, Epilogue(hasBias: true, activation: $0))
    }
    let others = [
      Epilogue(hasBias: true), Epilogue(hasResidual: true), Epilogue(activation: .relu),
      Epilogue(hasBias: true, hasResidual: true, activation: .relu6),
    ].flatMap { epilogue in
      [product(33, 13, 5, epilogue)]
        + transpositions.map { product(3, 31, 17, transposed: $0, epilogue) }
    }
    return activated + others
  }()

  private static func product(
    _ rows: Int, _ depth: Int, _ columns: Int,
    transposed: (left: Bool, right: Bool) = (false, false), _ epilogue: Epilogue = .none,
    differentiating: [Int] = []
  ) -> OperationCase {
    var operands = [
      Operand(transposed.left ? [depth, rows] : [rows, depth]),
      Operand(transposed.right ? [columns, depth] : [depth, columns]),
    ]
    if epilogue.hasBias { operands.append(Operand([columns])) }
    if epilogue.hasResidual { operands.append(Operand([rows, columns])) }
    let operation = MatrixProduct(
      transposesLeft: transposed.left, transposesRight: transposed.right, epilogue: epilogue)
    return OperationCase(
      operation, operands, constantOperands: [[], [1]], differentiating: differentiating)
  }
}
