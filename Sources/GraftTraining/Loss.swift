public import GraftLayers

/// What training makes small: a value that adds itself to a graph.
///
/// A loss of one's own is a struct of its numbers with ``trace(_:_:in:)``; being `Codable`, it is saved
/// with the model.
public protocol Loss: Codable, Hashable, Sendable {
  /// Adds the loss of a batch to the graph.
  ///
  /// - Parameters:
  ///   - outputs: What the network gives, by name.
  ///   - targets: What it should give, by name, and `weights` (N), how much each sample counts: one of
  ///     weight 0 must leave no trace.
  func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue

  /// - Throws: ``OptionError`` with the first of its numbers that makes no sense.
  func validate() throws(OptionError)
}

extension Loss {
  public func validate() throws(OptionError) {}
}

/// A mean over a batch, and what it is the mean over: partial batches and epochs then add up exactly.
public struct LossValue {
  /// Σ weight · cost / Σ weight: (1).
  public var mean: Symbol
  /// Σ weight: (1); `nil` where that is the sum of the samples' weights.
  public var weight: Symbol?

  /// A mean over samples by their weights, or over something else by a weight of its own.
  public init(mean: Symbol, weight: Symbol? = nil) { (self.mean, self.weight) = (mean, weight) }
}

/// Whether two values are of one type and equal.
func isEqual<Value: Equatable>(_ value: Value, _ other: any Equatable) -> Bool {
  value == other as? Value
}
