public import GraftLayers
public import GraftTraining

/// The mean of |output - target| over the numbers of samples, by the samples' weights.
public struct MeanAbsoluteError: Metric {
  public var name: String { "meanAbsoluteError" }

  /// All numbers of a sample count the same.
  public init() {}

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    ["numbers": outputs[TensorName.output, scope]]
  }

  public func makeState() -> WeightedSum { WeightedSum() }

  public func add(_ values: TensorValues, to state: inout WeightedSum) {
    let rows = zip(values.rows("numbers"), values.rows(TensorName.targets))
    for (weight, (numbers, targets)) in zip(values.weights, rows) where weight != 0 {
      state.sum += zip(numbers, targets).reduce(0) {
        $0 + Double(abs($1.0 - $1.1)) * Double(weight)
      }
      state.weight += Double(numbers.count) * Double(weight)
    }
  }

  public func value(of state: WeightedSum) -> Float? {
    state.weight == 0 ? nil : Float(state.sum / state.weight)
  }
}
