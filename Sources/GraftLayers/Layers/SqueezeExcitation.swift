/// Scales each channel by a gate computed from all channel means (Hu et al. 2018).
///
/// Input and output: (N, height, width, channels). Layers inside: two convolutions of one pixel
/// under the given names.
public struct SqueezeExcitation: Layer {
  /// The number of channels between the two convolutions.
  public var squeezedChannels: Int
  public var activation: Activation
  public var gate: Activation
  /// The names of the two convolutions.
  public var names: (reduce: String, expand: String)
  /// Further names of them, such as Keras's.
  public var aliases: (reduce: String, expand: String)?
  /// Whether those names stand for the convolutions with their activations.
  public var aliasesIncludeActivations: Bool

  /// Weighs channels by what they hold.
  ///
  /// - Parameters:
  ///   - squeezedChannels: The number of channels between the two convolutions.
  ///   - activation: Between them.
  ///   - gate: After them.
  ///   - names: Those of the two convolutions.
  ///   - aliases: Further names of them.
  public init(
    _ squeezedChannels: Int, activation: Activation, gate: Activation = .sigmoid,
    names: (reduce: String, expand: String) = ("fc1", "fc2"),
    aliases: (reduce: String, expand: String)? = nil, aliasesIncludeActivations: Bool = false
  ) {
    self.squeezedChannels = squeezedChannels
    (self.activation, self.gate, self.names) = (activation, gate, names)
    (self.aliases, self.aliasesIncludeActivations) = (aliases, aliasesIncludeActivations)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, channels) = scope.image(input) else { return input }
    let means = scope.builder.apply(GlobalPooling(.average), to: input)
    let reduce = Convolution2D(squeezedChannels, kernel: 1, initializer: .heNormal)
    let expand = Convolution2D(channels, kernel: 1, initializer: .heNormal)
    var gates = means.reshaped(to: [input.shape[0], 1, 1, channels])
    func apply(
      _ convolution: Convolution2D, _ activation: Activation, _ scope: Scope, _ alias: String?
    ) {
      let sums = convolution(gates, in: scope)
      gates = sums.activated(activation)
      guard let alias else { return }
      scope.offer(aliasesIncludeActivations ? gates : sums, as: alias, of: scope.layer)
    }
    apply(reduce, activation, scope / names.reduce, aliases?.reduce)
    apply(expand, gate, scope / names.expand, aliases?.expand)
    return input * gates
  }
}
