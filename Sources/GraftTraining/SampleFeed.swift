import GraftData

/// Where a training loop gets its samples from, whatever they are.
public protocol SampleFeed {
  var sampleCount: Int { get }
  /// How many numbers one target has.
  var targetWidth: Int { get }
  /// Whether samples come out the same in every epoch, so that features of them may be kept.
  var isRepeatable: Bool { get }

  /// The targets of some samples, (count, ``targetWidth``), row by row.
  func targets(of samples: [Int]) -> [Float]
  /// What tells a sample from all others, wherever it stands among them: what is random about it
  /// follows from this number. By default its position.
  func identity(of sample: Int) -> UInt64
  /// How much each of some samples counts; empty for 1 each.
  func weights(of samples: [Int]) -> [Float]
  /// Starts to prepare batches of samples, in the order given.
  ///
  /// - Parameter epoch: Decides what augmentation does; from 0.
  func batches(of samples: [[Int]], epoch: Int) throws -> any SampleBatches
}

/// Batches that are being prepared, in order.
public protocol SampleBatches: AnyObject {
  /// Hands over the next batch of preprocessed samples.
  ///
  /// - Returns: What `body` makes of it; `nil` after the last batch.
  /// - Throws: What reading a sample throws, naming the sample; what `body` throws.
  func withNext<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result?
}

extension SampleFeed {
  public var isRepeatable: Bool { true }
  public func identity(of sample: Int) -> UInt64 { UInt64(sample) }
  public func weights(of samples: [Int]) -> [Float] { [] }

  /// The samples split into batches, in order; shuffled if a seed is given.
  func order(batchSize: Int, seed: UInt64?, epoch: Int) -> [[Int]] {
    let samples = SampleOrder(shuffleSeed: seed).indices(count: sampleCount, epoch: epoch)
    return stride(from: 0, to: samples.count, by: batchSize).map {
      Array(samples[$0..<min($0 + batchSize, samples.count)])
    }
  }
}
