public import GraftLayers
public import GraftTraining

/// The share of samples all of whose yes-or-no answers are right: each score is above 0 just where its
/// target is above one half. Samples of weight 0 are none.
public struct ExactMatch: Metric {
  public var name: String { "exactMatch" }

  /// All answers of a sample together.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    ["scores": outputs[TensorName.output, scope].behind(.sigmoid)]
  }

  public func makeState() -> WeightedSum { WeightedSum() }

  public func add(_ values: TensorValues, to state: inout WeightedSum) {
    let rows = zip(values.rows("scores"), values.rows(TensorName.targets))
    for (weight, (scores, targets)) in zip(values.weights, rows) where weight != 0 {
      state.sum += zip(scores, targets).allSatisfy { ($0 > 0) == ($1 > 0.5) } ? 1 : 0
      state.weight += 1
    }
  }

  public func value(of state: WeightedSum) -> Float? {
    state.weight == 0 ? nil : Float(state.sum / state.weight)
  }
}
