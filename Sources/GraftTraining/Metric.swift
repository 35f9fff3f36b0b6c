public import GraftLayers

/// What tells how good a model is, beside the loss: added up over the batches of an epoch.
public protocol Metric: Codable, Hashable, Sendable {
  /// What is kept from batch to batch.
  associatedtype State: Codable & Sendable

  /// By what it is known, such as `accuracy`.
  var name: String { get }
  /// The few numbers of a batch that the host needs, computed in the graph; (N, …) each.
  func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors
  /// The state before the first batch.
  func makeState() -> State
  /// Adds a batch.
  ///
  /// - Parameter values: What was traced, and the batch's targets and weights, by name.
  func add(_ values: TensorValues, to state: inout State)
  /// The metric over all batches so far; `nil` where it has none.
  func value(of state: State) -> Float?
}

/// A sum with what it is divided by.
public struct WeightedSum: Codable, Hashable, Sendable {
  public var sum = 0.0
  public var weight = 0.0

  /// Nothing yet.
  public init() {}
}

/// A metric that is the mean of one number a sample, by the samples' weights: one function.
public protocol MeanMetric: Metric where State == WeightedSum {
  /// One number a sample: (N) or (N, 1).
  func values(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Symbol
}

extension MeanMetric {
  public func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Tensors {
    ["values": values(outputs, targets, in: scope)]
  }

  public func makeState() -> WeightedSum { WeightedSum() }

  public func add(_ values: TensorValues, to state: inout WeightedSum) {
    for (value, weight) in zip(values["values"], values.weights) where weight != 0 {
      state.sum += Double(value) * Double(weight)
      state.weight += Double(weight)
    }
  }

  public func value(of state: WeightedSum) -> Float? {
    state.weight == 0 ? nil : Float(state.sum / state.weight)
  }
}

/// Values of tensors on the host, by name: a row for each of some samples.
public struct TensorValues: Sendable {
  /// How many samples there are.
  public var count: Int
  /// How much each sample counts.
  public var weights: [Float]
  private var floats: [String: [Float]] = [:]
  private var numbers: [String: [Int32]] = [:]

  /// No tensors yet of `count` samples.
  public init(count: Int, weights: [Float]? = nil) {
    self.count = count
    self.weights = weights ?? Array(repeating: 1, count: count)
  }

  /// The numbers of a Float32 tensor, sample after sample; empty where there is none of the name.
  public subscript(name: String) -> [Float] {
    get { floats[name] ?? [] }
    set { floats[name] = newValue }
  }

  /// The numbers of an Int32 tensor, sample after sample; empty where there is none of the name.
  public func integers(_ name: String) -> [Int32] { numbers[name] ?? [] }

  /// Adds an Int32 tensor.
  mutating func set(_ values: [Int32], to name: String) { numbers[name] = values }

  /// The names of all tensors.
  public var names: [String] { (Array(floats.keys) + Array(numbers.keys)).sorted() }

  /// One sample's part of each tensor.
  public func row(_ index: Int) -> TensorValues {
    var row = TensorValues(count: 1, weights: [weights[index]])
    row.floats = floats.mapValues { Array(part($0, index)) }
    row.numbers = numbers.mapValues { Array(part($0, index)) }
    return row
  }

  private func part<Number>(_ values: [Number], _ index: Int) -> ArraySlice<Number> {
    let width = values.count / max(count, 1)
    return values[index * width..<(index + 1) * width]
  }

  /// The same with the tensors whose names begin with a metric's under the rest of their names too.
  func stripped(of metric: String) -> TensorValues {
    var result = self
    let start = metric + "."
    for (name, values) in floats where name.hasPrefix(start) {
      result.floats[String(name.dropFirst(start.count))] = values
    }
    for (name, values) in numbers where name.hasPrefix(start) {
      result.numbers[String(name.dropFirst(start.count))] = values
    }
    return result
  }

  /// The numbers of each sample of a Float32 tensor.
  public func rows(_ name: String) -> [ArraySlice<Float>] {
    let values = self[name]
    return (0..<count).map { part(values, $0) }
  }
}
