import GraftGraph

/// Operations on sequences (N, length, channels) and on their tokens.
extension OperationCase {
  static let embeddings: [OperationCase] = [
    // Rows, channels, indices: some are met often, some never, some lie outside.
    (1, 1, [1], [0]), (7, 5, [3], [6, 0, 6]),
    (11, 16, [2, 5], [10, 3, 3, 0, 3, 9, 10, -1, 11, 3]),
    (40, 33, [3, 2], [39, 39, 39, 0, 1, 39]), (130, 8, [2, 3], [64, 129, 64, 0, 127, 128]),
  ].flatMap { (rows: Int, channels: Int, shape: Shape, numbers: [Int32]) -> [OperationCase] in
    let indices = Operand.indices(shape, numbers)
    let result = Shape(shape.extents + [channels])
    return [
      OperationCase(
        EmbeddingLookup(), [Operand([rows, channels]), indices], differentiating: [0]),
      OperationCase(EmbeddingGradient(rows: rows), [indices, Operand(result)]),
    ]
  }

  static let maskedMeans: [OperationCase] = [
    ([1, 1, 1], [1]), ([2, 3, 5], [1, 1, 0, 0, 0, 0]), ([3, 7, 16], [1, 1, 1, 0, 1]),
    ([2, 9, 33], [0.5, 1, 0, 2]),
  ].flatMap { (shape: Shape, mask: [Float]) -> [OperationCase] in
    let mask = Operand([shape[0], shape[1]], .repeating(mask))
    return [
      OperationCase(MaskedMean(), [Operand(shape), mask], differentiating: [0]),
      OperationCase(MaskedMeanGradient(), [mask, Operand([shape[0], shape[2]])]),
    ]
  }

  /// Samples, queries, keys, heads, the channels of each, and the mask.
  private static let attentionSizes:
    [(samples: Int, queries: Int, keys: Int, heads: Int, depth: Int, mask: [Float]?)] = [
      (1, 1, 1, 1, 1, nil), (2, 5, 5, 2, 3, [1, 1, 1, 0, 0]),
      // The second sample has no key at all.
      (2, 3, 4, 3, 8, [1, 0, 1, 1, 0, 0, 0, 0]),
      (1, 17, 33, 2, 16, nil), (2, 33, 17, 1, 32, [1, 1, 0]), (1, 70, 65, 2, 20, [1]),
    ]

  static let attentions: [OperationCase] = attentionSizes.flatMap { size -> [OperationCase] in
    let channels = size.heads * size.depth
    let queries = Operand([size.samples, size.queries, channels], .uniform(-2...2))
    let keys = Operand([size.samples, size.keys, channels], .uniform(-2...2))
    let mask = size.mask.map { Operand([size.samples, size.keys], .repeating($0)) }
    let operands = [queries, keys, keys] + (mask.map { [$0] } ?? [])
    let (heads, isMasked) = (size.heads, mask != nil)
    return [
      OperationCase(
        DotProductAttention(heads: heads, scale: 0.3, isMasked: isMasked), operands,
        differentiating: size.queries <= 17 ? [0, 1, 2] : []),
      OperationCase(
        DotProductAttentionGradient(heads: heads, scale: 0.3, isMasked: isMasked),
        operands + [Operand(queries.type.shape)]),
    ]
  }
}

extension Operand {
  /// Numbers of rows of a table.
  static func indices(_ shape: Shape, _ numbers: [Int32]) -> Operand {
    Operand(TensorType(shape, .int32), .integers(numbers))
  }
}
