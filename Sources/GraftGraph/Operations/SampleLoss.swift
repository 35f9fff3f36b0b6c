/// The weighted mean over a batch of what each sample's prediction costs.
///
/// Operands: predictions (N, K); targets (N, K); sample weights (N). Result: (1), which is
/// Σ weight · loss / Σ weight, or 0 where all weights are 0. A sample of weight 0 leaves no trace.
public struct SampleLoss: Operation {
  /// What one sample costs.
  public enum Kind: Hashable, Sendable {
    /// Predictions are logits, targets probabilities: -Σ target · log softmax(logits), with each
    /// target mixed with the uniform distribution by `smoothing`.
    case softmaxCrossEntropy(smoothing: Float)
    /// Predictions are logits, targets in 0...1: the mean over K of the binary cross-entropy.
    case binaryCrossEntropy
    /// The mean over K of (prediction - target)².
    case meanSquaredError
  }
  public var kind: Kind

  /// The loss of a kind.
  public init(_ kind: Kind) { self.kind = kind }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    let (predictions, targets) = (operands[0].shape, operands[1].shape)
    guard predictions.rank == 2, predictions == targets else {
      throw GraphError("predictions of \(predictions) can't be compared to targets of \(targets)")
    }
    guard operands[2].shape == [predictions[0]] else {
      throw GraphError("\(predictions[0]) samples need as many weights, not \(operands[2].shape)")
    }
    return [TensorType([1])]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard index == 0, let gradient = step.resultGradient else { return nil }
    return step.builder.apply(SampleLossGradient(kind), to: step.operands + [gradient])[0]
  }
}

/// The gradient of a ``SampleLoss`` with respect to the predictions.
///
/// Operands: predictions; targets; sample weights; the gradient of the loss (1). Result: of the
/// predictions' shape.
public struct SampleLossGradient: Operation {
  public var kind: SampleLoss.Kind

  /// The gradient of the loss of a kind.
  public init(_ kind: SampleLoss.Kind) { self.kind = kind }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    [operands[0]]
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }
}
