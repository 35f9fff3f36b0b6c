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
    let output = outputs[TensorName.output, scope]
    if let misfit = misfit(of: output) { scope.fail(misfit) }
    return [TensorName.predictions: applied(to: output)]
  }
}

extension OutputActivation {
  /// The scores of a network's `output`, before the activation; tracing fails where others are in the way.
  func scores(_ outputs: Tensors, in scope: Scope) -> Symbol {
    let output = outputs[TensorName.output, scope]
    if let misfit = misfit(of: output) { scope.fail(misfit) }
    return output.behind(self)
  }

  /// Why no probabilities can be read from an output by this activation, and how to mend it; `nil` where
  /// they can.
  private func misfit(of output: Symbol) -> String? {
    guard self != .none else { return nil }
    if self == .softmax, output.shape.extents.last == 1 {
      return "a softmax of one output is always 1; end the network in Dense(2), or take "
        + "binaryCrossEntropy for the loss"
    }
    guard let other = output.behind(self).lastActivation else { return nil }
    return
      "the network ends in a \(other.rawValue), but the loss and the probabilities are made by a "
      + "\(rawValue) of its scores, and both can't be; end it in Dense without an activation, or take "
      + (other == .softmax ? "crossEntropy" : "binaryCrossEntropy")
      + (other == self ? " with one \(rawValue), which comes last" : " for the loss")
  }
}

extension Symbol {
  /// The softmax or sigmoid whose results these are, be it under another shape or dropped in part.
  fileprivate var lastActivation: OutputActivation? {
    var node = builder.graph[value]
    while node.operation is GraftGraph.Reshape || node.operation is GraftGraph.Dropout {
      node = builder.graph[node.operands[0]]
    }
    if node.operation is GraftGraph.Softmax { return .softmax }
    return node.operation as? Activate == Activate(.sigmoid) ? .sigmoid : nil
  }

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
