public import GraftLayers
public import GraftTraining

/// What turns scores into what people read.
public enum OutputActivation: String, Codable, Hashable, Sendable {
  /// Probabilities of classes that exclude each other.
  case softmax
  /// The probability of each of several answers.
  case sigmoid
  /// The scores as they are.
  case none

  /// What a loss is computed from logits for, or plain scores for a loss of another kind.
  init(of loss: any Loss, outputCount: Int) {
    self =
      switch loss {
      case is CrossEntropy: .softmax
      case is BinaryCrossEntropy: .sigmoid
      case is MeanSquaredError: .none
      default: outputCount == 1 ? .sigmoid : .softmax
      }
  }

  /// The operation, unless there is none.
  fileprivate var operation: (any Operation)? {
    switch self {
    case .softmax: GraftGraph.Softmax()
    case .sigmoid: Activate(.sigmoid)
    case .none: nil
    }
  }

  /// What people read of an output, which may have the activation already.
  func applied(to output: Symbol) -> Symbol {
    guard let operation, output.behind(self).value == output.value else { return output }
    func apply(_ operation: some Operation) -> Symbol {
      output.builder.apply(operation, to: [output])[0]
    }
    return apply(operation)
  }
}

extension OutputActivation: OutputReading {
  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors {
    [TensorName.predictions: applied(to: outputs[TensorName.output, scope])]
  }
}

extension Symbol {
  /// What a last activation was applied to, or the symbol itself where there is none, so that rounding to
  /// 0 and 1 never costs anything.
  func behind(_ activation: OutputActivation) -> Symbol {
    let node = builder.graph[value]
    guard let expected = activation.operation, let operation = node.operation,
      AnyOperation(operation) == AnyOperation(expected)
    else { return self }
    return builder.symbol(node.operands[0])
  }
}
