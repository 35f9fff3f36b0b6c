extension Symbol {
  /// The mean of each sequence (N, length, channels) over the places that `mask` (N, length) keeps:
  /// (N, channels).
  public func mean(overPlacesOf mask: Symbol) -> Symbol {
    builder.apply(MaskedMean(), to: self, mask)
  }

  /// What stands at the first place of each sequence (N, length, channels): (N, channels).
  public var firstPlace: Symbol {
    let shape = self.shape
    guard shape.rank == 3 else { return self }
    let first = builder.apply(
      GraftGraph.Slice(starts: [0, 0, 0], shape: [shape[0], 1, shape[2]]), to: self)
    return first.reshaped(to: [shape[0], shape[2]])
  }
}
