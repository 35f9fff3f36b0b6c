/// The mean of each channel over the whole image: (N, height, width, channels) to (N, channels).
public struct GlobalAveragePooling: Layer {
  /// The mean of each channel.
  public init() {}

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard scope.image(input) != nil else { return input }
    return scope.builder.apply(GlobalPooling(.average), to: input)
  }
}

/// The maximum of each channel over the whole image: (N, height, width, channels) to (N, channels).
public struct GlobalMaxPooling: Layer {
  /// The maximum of each channel.
  public init() {}

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard scope.image(input) != nil else { return input }
    return scope.builder.apply(GlobalPooling(.maximum), to: input)
  }
}
