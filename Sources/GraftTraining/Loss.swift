import GraftGraph

/// What training makes small.
public enum Loss: Hashable, Sendable, Codable {
  /// Softmax cross-entropy for one class a sample; `smoothing` mixes targets with the uniform
  /// distribution (Szegedy et al. 2016).
  case crossEntropy(smoothing: Float = 0)
  /// Binary cross-entropy for each of K independent yes-or-no answers.
  case binaryCrossEntropy
  /// The mean of squared differences.
  case meanSquaredError

  /// Softmax cross-entropy without smoothing.
  public static let crossEntropy = Loss.crossEntropy(smoothing: 0)

  var sampleLoss: SampleLoss {
    switch self {
    case .crossEntropy(let smoothing): SampleLoss(.softmaxCrossEntropy(smoothing: smoothing))
    case .binaryCrossEntropy: SampleLoss(.binaryCrossEntropy)
    case .meanSquaredError: SampleLoss(.meanSquaredError)
    }
  }

  /// The activation that turns logits into what people read.
  private var link: (any Operation)? {
    switch self {
    case .crossEntropy: Softmax()
    case .binaryCrossEntropy: Activate(.sigmoid)
    case .meanSquaredError: nil
    }
  }

  /// What the loss is computed from: the model's output, or what its last softmax or sigmoid was
  /// applied to, so that rounding to 0 and 1 never costs anything.
  func scores(of output: Symbol) -> Symbol {
    let node = output.builder.graph[output.value]
    guard let link, let operation = node.operation,
      AnyOperation(operation) == AnyOperation(link)
    else { return output }
    return output.builder.symbol(node.operands[0])
  }

  /// Probabilities (or, for squared errors, plain predictions) from the model's output.
  func predictions(of output: Symbol) -> Symbol {
    let scores = scores(of: output)
    guard let link, scores.value == output.value else { return output }
    func apply(_ operation: some Operation) -> Symbol {
      output.builder.apply(operation, to: [output])[0]
    }
    return apply(link)
  }
}
