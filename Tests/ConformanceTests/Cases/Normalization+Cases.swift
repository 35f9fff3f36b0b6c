import GraftGraph

extension OperationCase {
  static let normalizedShapes: [Shape] = [
    [1, 1, 1, 1], [1, 3], [2, 5, 7, 3], [3, 7, 5, 8], [1, 13, 17, 17], [2, 9, 7, 33],
    [2, 14, 14, 64], [5, 96], [4, 31, 33, 2],
  ]

  /// Everything about batch normalization but what needs the statistics of a batch.
  static let normalizations: [OperationCase] =
    normalizedShapes.flatMap { shape -> [OperationCase] in
      let parameter = Operand([shape.extents.last ?? 1])
      let variance = Operand(parameter.type.shape, .uniform(0.1...2))
      return [
        OperationCase(
          BatchNormalization(epsilon: 1e-5),
          [Operand(shape), parameter, parameter, parameter, variance],
          constantOperands: [[], [1, 2, 3, 4]]),
        OperationCase(
          BatchNormalizationParameterGradient(epsilon: 1e-3),
          [Operand(shape), parameter, variance, Operand(shape)], constantOperands: [[], [1, 2]]),
        OperationCase(NormalizationScale(epsilon: 1e-3), [parameter, variance]),
        OperationCase(MovingAverage(decay: 0.9), [parameter, parameter]),
        OperationCase(
          MovingAverage(decay: 0.99, correction: 1.25), [parameter, parameter]),
      ]
    } + [
      // A variance of nothing: epsilon alone.
      OperationCase(
        NormalizationScale(epsilon: 1e-5), [Operand([5]), Operand([5], .repeating([0, 1e-12]))])
    ]

  static let trainingNormalizations: [OperationCase] = normalizedShapes.flatMap { shape in
    // Where nothing varies, sums in single precision err in one direction.
    [Operand.Values.uniform(-1...1), farFromZero, .repeating([0.3])].flatMap { values in
      training(Operand(shape, values))
    }
  }

  /// A mean of 1000 and a deviation of 0.3: E[x²] - E[x]² has hardly a digit left in single
  /// precision, which a test of the harness makes sure is noticed.
  static let farFromZero = Operand.Values.uniform(999.48...1000.52)

  static let differentiatedNormalizations: [OperationCase] = [[3, 4], [2, 3, 4, 3]].flatMap {
    (shape: Shape) -> [OperationCase] in
    let parameter = Operand([shape.extents.last ?? 1])
    let variance = Operand(parameter.type.shape, .uniform(0.1...2))
    return [
      OperationCase(
        BatchNormalization(epsilon: 1e-3),
        [Operand(shape), parameter, parameter, parameter, variance], differentiating: [0, 1, 2]),
      OperationCase(
        BatchNormalizationTraining(epsilon: 1e-3),
        [Operand(shape, .distinct), parameter, parameter], differentiating: [0, 1, 2]),
    ]
  }

  /// The normalization of a batch, and the gradient of it on the batch's own statistics.
  private static func training(_ x: Operand) -> [OperationCase] {
    let parameter = Operand([x.type.shape.extents.last ?? 1])
    let operation = BatchNormalizationTraining(epsilon: 1e-5)
    func statistic(_ result: Int) -> Operand {
      Operand(parameter.type.shape, .computed(operation, of: [0, 1, 1], result: result))
    }
    return [
      OperationCase(operation, [x, parameter, parameter]),
      OperationCase(
        BatchNormalizationTrainingGradient(epsilon: 1e-5),
        [x, parameter, statistic(1), statistic(2), Operand(x.type.shape)]),
      OperationCase(
        BatchNormalizationTrainingGradient(epsilon: 1e-5),
        [
          x, parameter, statistic(1), statistic(2), Operand(x.type.shape, .repeating([0.3])),
        ]),
    ]
  }
}
