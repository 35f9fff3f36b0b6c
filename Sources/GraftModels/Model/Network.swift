public import GraftLayers
public import GraftWeights

/// A computation from named tensors to named tensors: what a ``Model`` is made of.
///
/// Being a value, it holds no tensors; its parameters are declared while it is traced.
public protocol Network: Sendable {
  /// What one sample consists of where nothing else is said: of several lengths the longest.
  var inputs: Signature { get }

  /// Adds the network to the graph, its parameters below the scope's path.
  ///
  /// Nothing throws: where an input doesn't fit, call ``Scope/fail(_:)`` and return any symbols. Which
  /// parameters there are must not depend on the inputs' shapes.
  ///
  /// - Returns: What it gives, by name; ``TensorName/output`` where that is one tensor.
  func trace(_ inputs: Tensors, in scope: Scope) -> Tensors
}

/// A network that a project's own code reads under other names than its paths.
public protocol ProjectNaming: Network {
  /// The name of a parameter in the project's files.
  func projectName(of path: ParameterPath) -> String
}

/// A part of a model that may bring weights, found wherever it is traced with ``Scope/noting(_:_:)``.
public protocol Pretrained: Sendable {
  /// The name by which users choose it.
  var name: String { get }
  /// Where the values of its parameters come from; initial values if `nil`.
  var weights: WeightAssignment? { get }
}

extension Backbone: Pretrained {}
