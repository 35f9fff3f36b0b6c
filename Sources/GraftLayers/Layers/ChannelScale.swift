/// Multiplies each channel by a number of its own (LayerScale, Touvron et al. 2021).
///
/// Input: (…, channels). Output: of the input's shape. Parameters: one of (channels), called `name`.
public struct ChannelScale: Layer {
  public var name: String
  public var initialValue: Float

  /// Scales channels by a parameter.
  ///
  /// - Parameters:
  ///   - name: What the parameter is called.
  ///   - initialValue: What all its elements are at first.
  public init(_ name: String = "weight", initialValue: Float = 1) {
    (self.name, self.initialValue) = (name, initialValue)
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let channels = input.shape.extents.last else { return input }
    return input
      * scope.parameter(
        name, [channels], role: .channelScale, initializer: .constant(initialValue))
  }
}
