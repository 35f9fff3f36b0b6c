/// Samples in memory, of any kind: texts with numbers, questions, pairs.
public struct Samples<Sample: Sendable>: Dataset {
  private let samples: [Sample]

  /// Samples in this order.
  public init(_ samples: [Sample]) { self.samples = samples }

  public var count: Int { samples.count }
  /// One of the samples.
  public func sample(at index: Int) -> Sample { samples[index] }
}
