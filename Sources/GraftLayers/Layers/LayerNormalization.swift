/// Layer normalization (Ba, Kiros and Hinton 2016): each pixel, or each row, by the mean and the
/// variance of its own channels.
///
/// Input: (…, channels). Output: of the input's shape. Parameters: `weight` (gamma) and `bias`
/// (beta), each of (channels).
public struct LayerNormalization: Layer {
  public var epsilon: Float

  /// Adds `epsilon` to the variances.
  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let channels = input.shape.extents.last else { return input }
    let operands = [
      input,
      scope.parameter(
        "weight", [channels], role: .normalizationScale, initializer: .constant(1)),
      scope.parameter("bias", [channels], role: .normalizationShift, initializer: .constant(0)),
    ]
    return scope.builder.apply(GraftGraph.LayerNormalization(epsilon: epsilon), to: operands)[0]
  }
}
