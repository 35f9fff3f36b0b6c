/// Scaled dot-product attention of several heads (Vaswani et al. 2017): each query takes the mean
/// of all values, weighted by the softmax of its products with their keys.
///
/// Operands: queries (N, T, channels); keys and values (N, S, channels); where masked, a mask
/// (N, S): keys where it is 0 get no weight, and a query without any key gives 0. Result:
/// (N, T, channels). Head h has the channels from h · channels / heads on, so that what dense layers
/// give needs no rearranging. The T × S weights are never stored as a whole: the gradient computes
/// them again.
public struct DotProductAttention: Operation {
  public var heads: Int
  /// What products of queries and keys are multiplied by.
  public var scale: Float
  public var isMasked: Bool

  /// Attention of `heads` heads, which must divide the channels.
  public init(heads: Int, scale: Float, isMasked: Bool) {
    (self.heads, self.scale, self.isMasked) = (heads, scale, isMasked)
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (queries, keys, values) = (operands[0].shape, operands[1].shape, operands[2].shape)
    guard queries.rank == 3, keys.rank == 3, keys == values, keys[0] == queries[0],
      keys[2] == queries[2]
    else {
      throw GraphError(
        "attention takes queries, keys and values N×length×channels, the latter two alike, not "
          + "\(queries), \(keys) and \(values)")
    }
    guard heads > 0, queries[2] % heads == 0 else {
      throw GraphError("\(queries[2]) channels can't be split among \(heads) heads")
    }
    guard operands.count == (isMasked ? 4 : 3) else {
      throw GraphError("attention \(isMasked ? "with" : "without") a mask has other operands")
    }
    if isMasked, operands[3].shape != [keys[0], keys[1]] {
      throw GraphError("a mask of \(operands[3].shape) for keys of \(keys)")
    }
    return [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard index < 3, let gradient = step.resultGradient else { return nil }
    let operation = DotProductAttentionGradient(heads: heads, scale: scale, isMasked: isMasked)
    return step.builder.apply(operation, to: step.operands + [gradient])[index]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradients of a ``DotProductAttention``, whose weights are computed again rather than kept.
///
/// Operands: those of the attention; the gradient of its result. Results: the gradients of queries,
/// keys and values.
public struct DotProductAttentionGradient: Operation {
  public var heads: Int
  public var scale: Float
  public var isMasked: Bool

  /// The gradients of an attention with these properties.
  public init(heads: Int, scale: Float, isMasked: Bool) {
    (self.heads, self.scale, self.isMasked) = (heads, scale, isMasked)
  }

  public var resultCount: Int { 3 }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    Array(operands.prefix(3))
  }
}
