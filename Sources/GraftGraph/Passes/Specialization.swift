/// What normalizations that train normalize by.
public enum NormalizationStatistics: String, Hashable, Sendable, CaseIterable, Codable {
  /// The batch's own mean and variance, which also move the running ones (Keras, PyTorch).
  case batch
  /// The stored running mean and variance, which stay as they are; gamma and beta still train.
  case stored
}

extension Graph {
  /// The graph for prediction: without dropout, normalizing by stored statistics.
  public func specializedForInference() throws(GraphError) -> Graph {
    try rewritten { index, operands, _ in
      nodes[index].operation is Dropout ? [operands[0]] : nil
    }
  }

  /// The graph for training the given parameters.
  ///
  /// A batch normalization whose gamma or beta trains runs on the statistics of its batch and moves
  /// its running ones; a frozen one runs on its stored statistics, which never move (Keras's rule).
  public func specializedForTraining(
    _ trainable: Set<ParameterPath>, statistics: NormalizationStatistics
  ) throws(GraphError) -> Graph {
    try rewritten { index, operands, builder in
      if let dropout = nodes[index].operation as? Dropout {
        return dropout.rate == 0 ? [operands[0]] : nil
      }
      guard statistics == .batch, let operation = nodes[index].operation as? BatchNormalization
      else { return nil }
      let paths = nodes[index].operands.map(parameterPath(of:))
      guard [paths[1], paths[2]].contains(where: { $0.map(trainable.contains) ?? false }) else {
        return nil
      }
      return operation.train(operands, mean: paths[3], variance: paths[4], builder)
    }
  }

  /// The path of the parameter that `value` is, or `nil` if it is something else.
  public func parameterPath(of value: Value) -> ParameterPath? {
    if case .parameter(let path) = self[value].source { path } else { nil }
  }
}

extension BatchNormalization {
  fileprivate func train(
    _ operands: [Symbol], mean: ParameterPath?, variance: ParameterPath?, _ builder: GraphBuilder
  ) -> [Symbol] {
    let results = builder.apply(
      BatchNormalizationTraining(epsilon: epsilon), to: Array(operands[0..<3]))
    let phase = builder.phase
    builder.phase = .update
    defer { builder.phase = phase }
    let count = operands[0].shape.count / max(operands[1].shape.count, 1)
    let correction = tracksUnbiasedVariance && count > 1 ? Float(count) / Float(count - 1) : 1
    if let mean {
      builder.assign(
        builder.apply(MovingAverage(decay: decay), to: operands[3], results[1]), to: mean)
    }
    if let variance {
      let operation = MovingAverage(decay: decay, correction: correction)
      builder.assign(builder.apply(operation, to: operands[4], results[2]), to: variance)
    }
    return [results[0]]
  }
}
