public import GraftLayers
public import GraftTraining

/// The share of samples, or of answers about them, that are right; samples of weight 0 are none.
public struct Accuracy: Metric {
  /// What is compared.
  public enum Comparison: String, Codable, Hashable, Sendable {
    /// Whether the greatest score is the class with the greatest target.
    case mostProbable
    /// Whether each score is above 0 just where its target is above one half.
    case eachAnswer
  }

  /// How many answers there were, and how many were right.
  public struct State: Codable, Sendable {
    var correctCount = 0
    var count = 0
  }

  public var comparison: Comparison

  public var name: String { "accuracy" }

  /// - Parameter comparison: What is compared.
  public init(_ comparison: Comparison = .mostProbable) { self.comparison = comparison }

  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    let output = outputs[TensorName.output, scope]
    return ["scores": output.behind(comparison == .mostProbable ? .softmax : .sigmoid)]
  }

  public func makeState() -> State { State() }

  public func add(_ values: TensorValues, to state: inout State) {
    let rows = zip(values.rows("scores"), values.rows(TensorName.targets))
    for (weight, (scores, targets)) in zip(values.weights, rows) where weight != 0 {
      switch comparison {
      case .mostProbable:
        state.correctCount += scores.argmax == targets.argmax ? 1 : 0
        state.count += 1
      case .eachAnswer:
        state.correctCount += zip(scores, targets).count { ($0 > 0) == ($1 > 0.5) }
        state.count += scores.count
      }
    }
  }

  public func value(of state: State) -> Float? {
    state.count == 0 ? nil : Float(state.correctCount) / Float(state.count)
  }
}

extension ArraySlice<Float> {
  /// The distance of the first greatest element from the start.
  var argmax: Int {
    var best = startIndex
    for index in indices where self[index] > self[best] { best = index }
    return best - startIndex
  }
}
