/// Self-attention of several heads (Vaswani et al. 2017), without the dense layer that follows it.
///
/// Input: (N, length, channels) and a mask (N, length), 0 where nothing is to be seen. Output: of the
/// input's shape. Parameters: `weight` and `bias` of three dense layers, by default `query`, `key` and
/// `value`.
public struct SelfAttention: Sendable {
  public var heads: Int
  /// The names of the dense layers that give queries, keys and values.
  public var names: (query: String, key: String, value: String)

  /// Attention of `heads` heads, which must divide the channels.
  public init(
    heads: Int, names: (query: String, key: String, value: String) = ("query", "key", "value")
  ) {
    (self.heads, self.names) = (heads, names)
  }

  /// Traces the layer at the path of `scope`.
  public func callAsFunction(_ input: Symbol, mask: Symbol?, in scope: Scope) -> Symbol {
    scope.layer("attention") {
      let shape = input.shape
      guard
        scope.require(shape.rank == 3, "attention takes N×length×channels, not \(shape)"),
        scope.require(
          heads > 0 && shape[2] % heads == 0,
          "\(shape[2]) channels can't be split among \(heads) heads")
      else { return input }
      let dense = Dense(shape[2], initializer: .normal(deviation: 0.02))
      let operands = [names.query, names.key, names.value].map { dense(input, in: scope / $0) }
      let attention = DotProductAttention(
        heads: heads, scale: 1 / Float(shape[2] / heads).squareRoot(), isMasked: mask != nil)
      return scope.builder.apply(attention, to: operands + (mask.map { [$0] } ?? []))[0]
    }
  }
}
