/// Batch normalization (Ioffe and Szegedy 2015) by stored statistics, per last-axis channel.
///
/// This is what a model is traced with; compiling for training replaces those that train by
/// ``BatchNormalizationTraining``. Operands: x (…, channels); gamma, beta, running mean and running
/// variance (channels). Result: gamma · (x - mean) / √(variance + epsilon) + beta.
public struct BatchNormalization: Operation {
  public var epsilon: Float
  /// How much of the running statistics survives a training step (Keras's momentum; one minus
  /// PyTorch's).
  public var decay: Float
  /// Whether the running variance moves towards the unbiased estimate (PyTorch) or the biased one.
  public var tracksUnbiasedVariance: Bool

  /// Normalizes by stored statistics.
  ///
  /// - Parameters:
  ///   - epsilon: Added to the variance.
  ///   - decay: How much of the running statistics survives a training step, 0 to 1.
  ///   - tracksUnbiasedVariance: Whether the running variance moves towards the unbiased estimate.
  public init(epsilon: Float, decay: Float = 0.9, tracksUnbiasedVariance: Bool = true) {
    self.epsilon = epsilon
    self.decay = decay
    self.tracksUnbiasedVariance = tracksUnbiasedVariance
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let channels = operands[0].shape.extents.last ?? 0
    guard operands.dropFirst().allSatisfy({ $0.shape == [channels] }) else {
      throw GraphError("batch normalization of \(channels) channels needs that many of each value")
    }
    return [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    let (x, gamma, mean, variance) = (
      step.operands[0], step.operands[1], step.operands[3], step.operands[4]
    )
    switch index {
    case 0:
      let scale = step.builder.apply(NormalizationScale(epsilon: epsilon), to: gamma, variance)
      return step.builder.apply(Combine(.multiply), to: gradient, scale)
    case 1, 2:
      let operation = BatchNormalizationParameterGradient(epsilon: epsilon)
      return step.builder.apply(operation, to: [x, mean, variance, gradient])[index - 1]
    default: return nil
    }
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }

  public func forPartOfBatch(_ count: Int, of batchSize: Int) -> (any Operation)? { self }
}

/// The gradients of gamma and beta of a ``BatchNormalization`` on given statistics.
///
/// Operands: x; mean; variance; the gradient of the result. Results: those of gamma and of beta.
public struct BatchNormalizationParameterGradient: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variance.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public var resultCount: Int { 2 }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[1], operands[1]]
  }
}

/// gamma / √(variance + epsilon): what a frozen normalization multiplies each channel by.
///
/// Operands: gamma; variance (both of one shape). Result: the same shape.
public struct NormalizationScale: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variance.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }
}

/// Batch normalization by the statistics of the batch itself.
///
/// Operands: x (…, channels); gamma; beta. Results: the normalized x; the mean and the biased
/// variance of the batch (channels).
public struct BatchNormalizationTraining: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variance.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public var resultCount: Int { 3 }
  public var mixesSamples: Bool { true }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0], operands[1], operands[1]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient, index < 3 else { return nil }
    let (x, gamma) = (step.operands[0], step.operands[1])
    return step.builder.apply(
      BatchNormalizationTrainingGradient(epsilon: epsilon),
      to: [x, gamma, step.results[1], step.results[2], gradient])[index]
  }
}

/// The gradients of a ``BatchNormalizationTraining``.
///
/// Operands: x; gamma; the batch's mean and biased variance; the gradient of the result. Results:
/// the gradients of x, gamma and beta.
public struct BatchNormalizationTrainingGradient: Operation {
  public var epsilon: Float

  /// Adds `epsilon` to the variance.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public var resultCount: Int { 3 }
  public var mixesSamples: Bool { true }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0], operands[1], operands[1]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 4)] }
}

/// Moves a running statistic: running · decay + batch · (1 - decay) · correction.
///
/// Operands: the running value; the batch's. Result: the new running value.
public struct MovingAverage: Operation {
  public var decay: Float
  /// Turns the batch's biased variance into the unbiased one, or 1.
  public var correction: Float

  /// Keeps `decay` of the running value, 0 to 1, and takes the rest of the batch's times `correction`.
  public init(decay: Float, correction: Float = 1) {
    self.decay = decay
    self.correction = correction
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }
}
