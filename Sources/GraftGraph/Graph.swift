/// One result of one node of a graph.
public struct Value: Hashable, Sendable {
  public let node: Int
  public let result: Int

  /// The result at a position of the node at a position of the graph.
  public init(node: Int, result: Int = 0) {
    self.node = node
    self.result = result
  }
}

/// What an input of a graph is for; decides what may be computed once and kept.
public enum InputKind: Hashable, Sendable {
  /// The samples of a batch.
  case sample
  /// What the model should answer for them: targets and sample weights.
  case target
  /// A number the training loop sets: a learning rate, a step count, random seeds.
  case control
}

/// One step of a computation, or a source of its data.
public struct Node: Sendable {
  /// Where the results of a node come from.
  public enum Source: Sendable {
    case input(name: String, kind: InputKind)
    case parameter(ParameterPath)
    /// Computed once, from parameters that never change.
    case constant(ConstantExpression)
    case operation(any Operation)
  }

  /// The part of a training step to which a node belongs.
  public enum Phase: Hashable, Sendable { case forward, backward, update }

  public let source: Source
  public let operands: [Value]
  public let results: [TensorType]
  /// The path of the layer that added this node.
  public let layer: String
  public let phase: Phase

  /// The operation of this node, or `nil` for an input or a parameter.
  public var operation: (any Operation)? {
    if case .operation(let operation) = source { operation } else { nil }
  }
}

/// A new value for a parameter, stored at the end of each run.
public struct Assignment: Hashable, Sendable {
  public let parameter: ParameterPath
  public let value: Value

  /// Stores `value` at the end of each run.
  public init(parameter: ParameterPath, value: Value) {
    self.parameter = parameter
    self.value = value
  }
}

/// A computation over tensors of known shapes, in an order in which it can run.
///
/// Operands of a node always stand before it. Nothing here knows of memory or devices.
public struct Graph: Sendable {
  public internal(set) var nodes: [Node] = []
  /// The declarations of all parameters, in the order in which the model declares them.
  public internal(set) var parameters: [Parameter] = []
  /// Values by the names under which layers offer them (`layer1.0.conv1`, `conv2_block1_out`).
  public internal(set) var endpoints: [String: Value] = [:]
  /// The values that a run must deliver, by name.
  public var outputs: [String: Value] = [:]
  /// The parameters that a run changes.
  public var assignments: [Assignment] = []

  /// A graph without nodes.
  public init() {}

  /// The node that computes `value`.
  public subscript(value: Value) -> Node { nodes[value.node] }

  /// The type of `value`.
  public func type(of value: Value) -> TensorType { nodes[value.node].results[value.result] }

  /// The declaration of the parameter at `path`, or `nil` if the graph has none.
  public func parameter(at path: ParameterPath) -> Parameter? {
    parameters.first { $0.path == path }
  }

  /// The names of all inputs, in order.
  public var inputNames: [String] {
    nodes.compactMap { if case .input(let name, _) = $0.source { name } else { nil } }
  }

  /// The values that must exist at the end of a run.
  public var results: [Value] {
    // In an order that is the same in every process.
    outputs.sorted { $0.key < $1.key }.map(\.value) + assignments.map(\.value)
  }
}
