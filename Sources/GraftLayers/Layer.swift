@_exported public import GraftGraph

/// A part of a model: hyper-parameters and how they turn a tensor into another; no tensors.
///
/// A layer implements ``trace(_:in:)`` and is called as a function, which also keeps the book on
/// names: `let x = Convolution2D(64, kernel: 3)(input, in: scope / "conv1")`.
public protocol Layer: Sendable {
  /// The stem of the names that a ``Model`` gives its layers, such as `dense`.
  var kind: String { get }

  /// Adds the layer's operations to the graph, and calls the layers inside in child scopes.
  ///
  /// Nothing throws: where the input doesn't fit, call ``Scope/fail(_:)`` and return any symbol.
  /// After an error tracing goes on with dummy types, so guard ranks before indexing shapes.
  func trace(_ input: Symbol, in scope: Scope) -> Symbol
}

extension Layer {
  public var kind: String { Self.snakeCased(String(describing: Self.self)) }

  /// Traces the layer at the path of `scope` and offers its result under that path.
  ///
  /// - Parameter alias: A second name, such as Keras's, for the layer and its result.
  public func callAsFunction(
    _ input: Symbol, in scope: Scope, as alias: String? = nil
  ) -> Symbol {
    let output = scope.recordingLayer(kind: ownKind) { trace(input, in: scope) }
    if let alias { scope.offer(output, as: alias, of: scope.layer) }
    return output
  }

  /// The same layer under a name of its own choice inside a ``Model``.
  public func named(_ name: String) -> NamedLayer { NamedLayer(name: name, layer: self) }

  /// What the layer is, whatever name it was given.
  fileprivate var ownKind: String { (self as? NamedLayer)?.layer.ownKind ?? kind }

  /// `GlobalAveragePooling` as `global_average_pooling`.
  private static func snakeCased(_ name: String) -> String {
    var result = ""
    var followsLowercase = false
    for character in name {
      if character.isUppercase && followsLowercase { result += "_" }
      result += character.lowercased()
      followsLowercase = character.isLowercase
    }
    return result
  }
}

/// A layer with a name that its user chose.
public struct NamedLayer: Layer {
  public let name: String
  public let layer: any Layer

  public var kind: String { name }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol { layer.trace(input, in: scope) }
}
