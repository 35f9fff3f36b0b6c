/// Samples with what the model should answer for them.
///
/// Rows are sample after sample; a batch may hold fewer samples than a step has places.
public struct StepBatch {
  /// Where the samples come from.
  public enum Source {
    /// Preprocessed samples: (count, height, width, channels).
    case samples(UnsafeBufferPointer<Float>)
    /// Rows of a feature bank, by sample.
    case features(FeatureBank, [Int])
  }
  /// The samples, or features of theirs.
  public var source: Source
  /// (count, K): probabilities of classes, answers or values; empty where only predictions are
  /// wanted.
  public var targets: [Float]
  /// How much each sample counts; empty for 1 each.
  public var weights: [Float]
  /// How many samples there are.
  public var count: Int

  /// `count` samples from a source.
  ///
  /// - Parameters:
  ///   - targets: (count, K), row by row; empty where only predictions are wanted.
  ///   - weights: How much each sample counts; empty for 1 each.
  public init(_ source: Source, targets: [Float] = [], weights: [Float] = [], count: Int) {
    self.source = source
    self.targets = targets
    self.weights = weights
    self.count = count
  }

  var usesFeatures: Bool {
    if case .features = source { true } else { false }
  }
}
