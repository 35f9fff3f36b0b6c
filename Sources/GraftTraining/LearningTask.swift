public import GraftData
public import GraftGraph
public import GraftLayers

/// What a network's outputs become for people, such as probabilities.
public protocol OutputReading: Codable, Hashable, Sendable {
  /// Adds what is read to the graph: a row for each sample, by name.
  func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors
}

/// Outputs as they are.
public struct PlainOutputs: OutputReading {
  /// Nothing is changed.
  public init() {}

  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors { outputs }
}

/// What is learned: how samples become tensors, what training makes small, and what the network's outputs
/// mean. A value that is saved with the model.
public protocol LearningTask: Preprocessor, OutputReading {
  /// What the model says of a sample.
  associatedtype Prediction: Sendable

  /// What training makes small.
  var loss: any Loss { get set }
  /// What is counted beside it.
  var metrics: [any Metric] { get set }
  /// Makes sure that a network fits, before anything is compiled.
  ///
  /// - Parameter outputs: What it gives for a sample, by name.
  /// - Throws: An error that names the misfit.
  func check(_ outputs: Signature) throws
  /// One sample's prediction.
  ///
  /// - Parameter row: The sample's part of what `predictions` added to the graph.
  func prediction(_ row: TensorValues, of sample: Sample) throws -> Prediction
}
