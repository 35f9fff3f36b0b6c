/// A table of vectors, looked up by the numbers of its rows: word embeddings.
///
/// Input: Int32 (N, length). Output: (N, length, channels). Parameter: `weight` (rows, channels).
public struct Embedding: Layer {
  public var rows: Int
  public var channels: Int

  /// A table of `rows` vectors of `channels` numbers, both at least 1.
  public init(_ rows: Int, channels: Int) { (self.rows, self.channels) = (rows, channels) }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let table = scope.parameter(
      "weight", [rows, channels], role: .embedding, initializer: .normal(deviation: 0.02))
    return scope.builder.apply(EmbeddingLookup(), to: table, input)
  }
}

/// A learned vector for each place of a sequence, added to what stands there.
///
/// Input: (N, length, channels). Output: of the input's shape. Parameter: `weight`
/// (count, channels), whose rows from `first` on belong to the places in order.
public struct LearnedPositions: Layer {
  public var count: Int
  public var first: Int

  /// Vectors for sequences of up to `count - first` places.
  public init(_ count: Int, first: Int = 0) { (self.count, self.first) = (count, first) }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let shape = input.shape
    guard
      scope.require(shape.rank == 3, "positions are added to N×length×channels, not \(shape)"),
      scope.require(
        first >= 0 && shape[1] <= count - first,
        "a sequence has up to \(count - first) places, not \(shape[1]); shorten the texts")
    else { return input }
    let table = scope.parameter(
      "weight", [count, shape[2]], role: .embedding, initializer: .normal(deviation: 0.02))
    let own = scope.builder.apply(
      GraftGraph.Slice(starts: [first, 0], shape: [shape[1], shape[2]]), to: table)
    return input.addingToEach(own)
  }
}

extension Symbol {
  /// The sum of each sample and one tensor of a sample's size.
  public func addingToEach(_ other: Symbol) -> Symbol {
    let shape = self.shape
    let rows = reshaped(to: [shape[0], shape.count / shape[0]])
    return (rows + other.reshaped(to: [other.shape.count])).reshaped(to: shape)
  }
}
