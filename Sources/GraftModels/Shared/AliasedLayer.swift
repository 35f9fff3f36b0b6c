import GraftLayers

/// A layer of a ``Sequential`` that is also known by another name, such as Keras's.
struct AliasedLayer: Layer {
  var layer: any Layer
  var alias: String
  /// The name of the layer beside this one whose parameters the alias stands for: by default this one.
  var owner: String?

  var kind: String { layer.kind }

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let output = layer.trace(input, in: scope)
    scope.offer(output, as: alias, of: owner.map { scope.beside($0).layer } ?? scope.layer)
    return output
  }
}

extension Layer {
  /// The same layer under another name as well.
  ///
  /// - Parameter owner: The name of the layer beside this one whose parameters the name stands for,
  ///   where it is another, as of an activation that Keras has inside of a convolution.
  func aliased(_ alias: String, of owner: String? = nil) -> AliasedLayer {
    AliasedLayer(layer: self, alias: alias, owner: owner)
  }
}
