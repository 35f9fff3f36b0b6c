import GraftGraph
public import GraftLayers
public import GraftTraining

/// The mean of the softmax cross-entropies of where a span starts and where it ends: of `start` and `end`,
/// each (N, length), with targets of the same names, 1 at the place and 0 elsewhere.
///
/// As in `BertForQuestionAnswering`, the softmax is over all places, those that fill up among them.
public struct SpanLoss: Loss {
  /// Both ends count the same.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
    let weights = targets[TensorName.weights, scope]
    let losses = SpanTensor.names.map { name in
      scope.builder.apply(
        SampleLoss(.softmaxCrossEntropy(smoothing: 0)), to: outputs[name, scope],
        targets[name, scope], weights)
    }
    return LossValue(mean: scope.builder.apply(Scale(by: 0.5), to: losses[0] + losses[1]))
  }
}

/// The share of samples whose span is found exactly, of all that there may be in a row; samples of weight 0
/// are none.
public struct SpanAccuracy: Metric {
  public var name: String { "accuracy" }

  /// Both ends must be right.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    Tensors(SpanTensor.names.map { ("scores.\($0)", outputs[$0, scope]) })
  }

  public func makeState() -> WeightedSum { WeightedSum() }

  public func add(_ values: TensorValues, to state: inout WeightedSum) {
    let found = SpanTensor.names.map { values.rows("scores.\($0)").map(Self.best) }
    let wanted = SpanTensor.names.map { values.rows($0).map(Self.best) }
    for sample in 0..<values.count where values.weights[sample] != 0 {
      state.sum += zip(found, wanted).allSatisfy { $0[sample] == $1[sample] } ? 1 : 0
      state.weight += 1
    }
  }

  public func value(of state: WeightedSum) -> Float? {
    state.weight == 0 ? nil : Float(state.sum / state.weight)
  }

  private static func best(_ row: ArraySlice<Float>) -> Int? {
    row.indices.max { row[$0] < row[$1] }.map { $0 - row.startIndex }
  }
}

/// The names of what tells where spans are.
enum SpanTensor {
  static let start = "start"
  static let end = "end"
  static let names = [start, end]
}
