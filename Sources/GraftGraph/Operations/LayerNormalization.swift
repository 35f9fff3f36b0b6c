/// Layer normalization (Ba, Kiros and Hinton 2016) of each row of the last axis by its own mean and
/// biased variance.
///
/// Operands: x (…, channels); gamma and beta (channels). Result: gamma · (x - mean) /
/// √(variance + epsilon) + beta.
public struct LayerNormalization: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variances.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let channels = operands[0].shape.extents.last ?? 0
    guard operands.dropFirst().allSatisfy({ $0.shape == [channels] }) else {
      throw GraphError("layer normalization of \(channels) channels needs that many of each value")
    }
    return [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let x = step.operands[0]
    if index == 0 {
      let operation = LayerNormalizationGradient(epsilon: epsilon)
      return step.builder.apply(operation, to: [x, step.operands[1], gradient])[0]
    }
    let operation = LayerNormalizationParameterGradient(epsilon: epsilon)
    return step.builder.apply(operation, to: [x, gradient])[index - 1]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradient of x of a ``LayerNormalization``, whose statistics are computed again rather than
/// kept.
///
/// Operands: x; gamma; the gradient of the result. Result: of x's shape.
public struct LayerNormalizationGradient: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variances.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 2)] }
}

/// The gradients of gamma and beta of a ``LayerNormalization``.
///
/// Operands: x; the gradient of the result. Results: those of gamma and of beta (channels).
public struct LayerNormalizationParameterGradient: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variances.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public var resultCount: Int { 2 }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let type = TensorType([operands[0].shape.extents.last ?? 1])
    return [type, type]
  }
}
