import GraftGraph

extension OperationCase {
  static let layerNormalizations: [OperationCase] = [
    ([1, 1, 1, 1], 1e-6), ([1, 3], 1e-6), ([2, 5, 7, 3], 1e-3), ([3, 7, 5, 8], 1e-6),
    ([1, 13, 17, 17], 1e-5), ([2, 9, 7, 33], 1e-6), ([2, 14, 14, 96], 1e-6), ([5, 768], 1e-6),
    ([4, 31, 33, 2], 1e-3),
  ].flatMap { (shape: Shape, epsilon: Float) -> [OperationCase] in
    let parameter = Operand([shape.extents.last ?? 1])
    // A mean far from zero: E[x²] - E[x]² would have no digit left.
    return [Operand.Values.uniform(-1...1), .uniform(999...1001)].flatMap { values in
      let x = Operand(shape, values)
      return [
        OperationCase(LayerNormalization(epsilon: epsilon), [x, parameter, parameter]),
        OperationCase(
          LayerNormalizationGradient(epsilon: epsilon), [x, parameter, Operand(shape)]),
        OperationCase(LayerNormalizationParameterGradient(epsilon: epsilon), [x, Operand(shape)]),
      ]
    }
  }

  static let differentiatedLayerNormalizations: [OperationCase] = [[3, 4], [2, 3, 4, 5]].map {
    (shape: Shape) in
    let parameter = Operand([shape.extents.last ?? 1])
    return OperationCase(
      LayerNormalization(epsilon: 1e-3), [Operand(shape), parameter, parameter],
      differentiating: [0, 1, 2])
  }
}
