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

  public init(
    _ squeezedChannels: Int, activation: Activation, gate: Activation = .sigmoid,
    names: (reduce: String, expand: String) = ("fc1", "fc2"),
    aliases: (reduce: String, expand: String)? = nil
  ) {
    self.squeezedChannels = squeezedChannels
    (self.activation, self.gate, self.names) = (activation, gate, names)
    self.aliases = aliases
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, channels) = scope.image(input) else { return input }
    let means = scope.builder.apply(GlobalPooling(.average), to: input)
    let reduce = Convolution2D(squeezedChannels, kernel: 1, initializer: .heNormal)
    let expand = Convolution2D(channels, kernel: 1, initializer: .heNormal)
    var gates = means.reshaped(to: [input.shape[0], 1, 1, channels])
    gates = reduce(gates, in: scope / names.reduce, as: aliases?.reduce).activated(activation)
    gates = expand(gates, in: scope / names.expand, as: aliases?.expand).activated(gate)
    return input * gates
  }
}
