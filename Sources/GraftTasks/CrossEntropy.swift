public import GraftLayers
public import GraftTraining

/// Softmax cross-entropy for one class a sample: of `output`, logits or what a last softmax makes of them,
/// with `targets`, probabilities of the classes.
public struct CrossEntropy: Loss {
  /// How far targets are mixed with the uniform distribution (Szegedy et al. 2016), from 0 to below 1.
  public var smoothing: Float

  /// - Parameter smoothing: How far targets are mixed with the uniform distribution.
  public init(smoothing: Float = 0) { self.smoothing = smoothing }

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
    let scores = OutputActivation.softmax.scores(outputs, in: scope)
    return .mean(.softmaxCrossEntropy(smoothing: smoothing), of: scores, targets, in: scope)
  }

  public func validate() throws(OptionError) {
    try OptionError.check("smoothing", smoothing, below: 1)
  }
}

/// Binary cross-entropy for each of K independent yes-or-no answers: of `output`, logits or what a last
/// sigmoid makes of them, with `targets` from 0 to 1.
public struct BinaryCrossEntropy: Loss {
  /// Each answer by itself.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
    let scores = OutputActivation.sigmoid.scores(outputs, in: scope)
    return .mean(.binaryCrossEntropy, of: scores, targets, in: scope)
  }
}

/// The mean of squared differences of `output` and `targets`.
public struct MeanSquaredError: Loss {
  /// All numbers of a sample count the same.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
    .mean(.meanSquaredError, of: outputs[TensorName.output, scope], targets, in: scope)
  }
}

extension Loss where Self == CrossEntropy {
  /// Softmax cross-entropy without smoothing.
  public static var crossEntropy: CrossEntropy { CrossEntropy() }
  /// Softmax cross-entropy with targets mixed with the uniform distribution.
  public static func crossEntropy(smoothing: Float) -> CrossEntropy {
    CrossEntropy(smoothing: smoothing)
  }
}

extension Loss where Self == BinaryCrossEntropy {
  /// Binary cross-entropy for each of K answers.
  public static var binaryCrossEntropy: BinaryCrossEntropy { BinaryCrossEntropy() }
}

extension Loss where Self == MeanSquaredError {
  /// The mean of squared differences.
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
}

extension LossValue {
  /// The mean over samples of what each one's scores cost.
  static func mean(
    _ kind: SampleLoss.Kind, of scores: Symbol, _ targets: Tensors, in scope: Scope
  ) -> LossValue {
    let operands = [
      scores, targets[TensorName.targets, scope], targets[TensorName.weights, scope],
    ]
    return LossValue(mean: scope.builder.apply(SampleLoss(kind), to: operands)[0])
  }
}
