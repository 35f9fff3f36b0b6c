/// The mean of each sequence over the places that a mask keeps, as sentence embeddings take it.
///
/// Operands: x (N, T, channels); mask (N, T), whose elements weigh the places, 0 leaving one out.
/// Result: Σ mask · x / Σ mask, (N, channels); 0 where the mask is 0 everywhere.
public struct MaskedMean: Operation {
  /// The mean over the middle axis.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (x, mask) = (operands[0].shape, operands[1].shape)
    guard x.rank == 3, mask == [x[0], x[1]] else {
      throw GraphError(
        "a mean takes sequences N×length×channels and a mask N×length, not \(x) and \(mask)")
    }
    return [TensorType([x[0], x[2]], operands[0].elementType)]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard index == 0, let gradient = step.resultGradient else { return nil }
    return step.builder.apply(MaskedMeanGradient(), to: step.operands[1], gradient)
  }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of x of a ``MaskedMean``.
///
/// Operands: mask (N, T); the gradient of the mean (N, channels). Result: (N, T, channels).
public struct MaskedMeanGradient: Operation {
  /// The gradient of a mean over the middle axis.
  public init() {}

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (mask, gradient) = (operands[0].shape, operands[1])
    return [TensorType([mask[0], mask[1], gradient.shape[1]], gradient.elementType)]
  }
}
