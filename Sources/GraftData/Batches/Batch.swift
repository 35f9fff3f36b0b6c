/// Some prepared samples, in memory that goes back to the loader's ring when the batch is let go.
public final class Batch: Sendable {
  /// The epoch that the samples were prepared for: augmentation depends on it.
  public let epoch: Int
  /// The batch's place in its epoch, from 0.
  public let position: Int
  /// The samples' indices in the dataset.
  public let indices: [Int]
  /// The samples' classes.
  public let labels: [Int32]
  /// The shape of one sample.
  public let sampleShape: [Int]
  /// The number of samples that the memory has room for: the loader's batch size.
  public let capacity: Int

  private let memory: BatchMemory
  private let production: BatchProduction

  init(
    position: Int, indices: [Int], labels: [Int32], memory: BatchMemory,
    production: BatchProduction
  ) {
    epoch = production.epoch
    self.position = position
    self.indices = indices
    self.labels = labels
    sampleShape = production.loader.sampleShape
    capacity = production.loader.options.batchSize
    self.memory = memory
    self.production = production
  }

  deinit {
    production.takeBack(memory)
  }

  /// The number of samples, less than `capacity` in a last partial batch.
  public var count: Int { indices.count }

  /// Passes the values of `capacity` samples, sample after sample; behind the last sample of a partial
  /// batch they are zero.
  public func withValues<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) { try body(UnsafeBufferPointer(memory.values)) }
  }

  /// One for each sample and zero for what fills a partial batch up to `capacity`: the weights that a
  /// loss over the full size needs.
  public var weights: [Float] {
    (0..<capacity).map { $0 < count ? 1 : 0 }
  }

  /// The labels up to `capacity`; what fills a partial batch has label 0 and weight 0.
  public var paddedLabels: [Int32] {
    labels + Array(repeating: 0, count: capacity - count)
  }
}
