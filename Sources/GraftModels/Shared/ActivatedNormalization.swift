import GraftLayers

/// A normalization with its activation inside, as timm has them: what the module gives is activated.
struct ActivatedNormalization: Layer {
  var normalization: BatchNormalization
  var activation: Activation
  /// Keras's names of the two.
  var aliases: (normalization: String, activation: String)

  init(
    _ normalization: BatchNormalization, _ activation: Activation,
    aliases: (normalization: String, activation: String)
  ) {
    (self.normalization, self.activation, self.aliases) = (normalization, activation, aliases)
  }

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let x = normalization.trace(input, in: scope)
    scope.offer(x, as: aliases.normalization, of: scope.path)
    return ActivationLayer(activation)(x, in: scope / "act", as: aliases.activation)
  }
}
