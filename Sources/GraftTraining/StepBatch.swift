/// Samples with what the model should answer for them.
///
/// Rows are sample after sample; a batch may hold fewer samples than a step has places.
public struct StepBatch {
  /// Where the samples come from.
  public enum Source {
    /// Preprocessed samples: (count, height, width, channels).
    case samples(UnsafeBufferPointer<Float>)
    /// The samples' rows of a feature bank.
    case features(FeatureBank)
  }
  /// The samples, or features of theirs.
  public var source: Source
  /// (count, K): probabilities of classes, answers or values; empty where only predictions are
  /// wanted.
  public var targets: [Float]
  /// How much each sample counts; empty for 1 each.
  public var weights: [Float]
  /// Which samples of their feed these are, from 0.
  public var samples: [Int]
  /// What tells each sample from all others: dropouts follow from it.
  public var identities: [UInt64]
  /// How many samples there are.
  public var count: Int { samples.count }

  /// Samples from a source.
  ///
  /// - Parameters:
  ///   - samples: Which samples of their feed these are.
  ///   - identities: What tells each from all others; by default its position in the feed.
  ///   - targets: (count, K), row by row; empty where only predictions are wanted.
  ///   - weights: How much each sample counts; empty for 1 each.
  public init(
    _ source: Source, of samples: [Int], identities: [UInt64]? = nil, targets: [Float] = [],
    weights: [Float] = []
  ) {
    self.source = source
    self.samples = samples
    self.identities = identities ?? samples.map { UInt64($0) }
    self.targets = targets
    self.weights = weights
  }

  var usesFeatures: Bool {
    if case .features = source { true } else { false }
  }
}
