import Foundation

/// Reads a dataset in batches: samples are prepared in parallel, ahead of the one who asks.
///
/// Which samples are in which batch depends on the seed and the epoch alone, what augmentation does to
/// a sample on seed, epoch and ``Dataset/identity(at:)``: not on its place or the number of threads.
/// Memory is a ring of `ringBatchCount` batches, allocated with the first epoch and used again by the
/// later ones.
public final class BatchLoader: Sendable {
  /// What is read.
  public let dataset: any Dataset
  /// How samples are prepared.
  public let preprocessing: Preprocessing
  /// How they are grouped, ordered and changed.
  public let options: Options
  /// The shape of one sample.
  public let sampleShape: [Int]

  private let pool: BatchPool
  private let gate = LargePictureGate()

  /// How a dataset is read.
  public struct Options: Sendable {
    /// Samples in one batch.
    public var batchSize: Int
    /// Which sample comes when.
    public var order: SampleOrder
    /// For training only; nil leaves samples as they are.
    public var augmentation: Augmentation?
    /// The seed of the augmentation.
    public var seed: UInt64
    /// Whether a last batch that is not full is left out.
    public var dropsLastPartialBatch: Bool
    /// Threads that prepare samples.
    public var threadCount: Int
    /// Batches prepared ahead of the one in use.
    public var prefetchCount: Int
    /// Pictures of more pixels are refused; nil for what the preprocessing says.
    public var pixelLimit: Int?

    /// - Parameter threadCount: nil for one for each processor, at most four.
    public init(
      batchSize: Int, order: SampleOrder = .sequential, augmentation: Augmentation? = nil,
      seed: UInt64 = 0, dropsLastPartialBatch: Bool = false, threadCount: Int? = nil,
      prefetchCount: Int = 2, pixelLimit: Int? = nil
    ) {
      self.batchSize = batchSize
      self.order = order
      self.augmentation = augmentation
      self.seed = seed
      self.dropsLastPartialBatch = dropsLastPartialBatch
      self.threadCount = threadCount ?? min(ProcessInfo.processInfo.activeProcessorCount, 4)
      self.prefetchCount = prefetchCount
      self.pixelLimit = pixelLimit
    }
  }

  /// - Throws: `BatchLoaderError`, `PreprocessingError` or `AugmentationError` for values that make no
  ///   sense.
  public init(
    _ dataset: any Dataset, preprocessing: Preprocessing, options: Options
  ) throws {
    try preprocessing.validate()
    try options.augmentation?.validate()
    for (name, value) in [
      ("batchSize", options.batchSize), ("threadCount", options.threadCount),
      ("prefetchCount", options.prefetchCount), ("pixelLimit", options.pixelLimit ?? 1),
    ] where value < 1 {
      throw BatchLoaderError.option(name, value)
    }
    guard dataset.count > 0 else { throw BatchLoaderError.emptyDataset }
    self.dataset = dataset
    self.preprocessing = preprocessing
    self.options = options
    sampleShape = dataset.shape(preparedBy: preprocessing)
    pool = BatchPool(valueCount: options.batchSize * sampleShape.reduce(1, *))
  }

  /// The number of batches of an epoch.
  public var batchCount: Int {
    let sampleCount = options.order.count(of: dataset.count)
    return options.dropsLastPartialBatch
      ? sampleCount / options.batchSize
      : (sampleCount + options.batchSize - 1) / options.batchSize
  }

  /// Batches that exist at once: one in use, the prefetched ones, and one being prepared.
  public var ringBatchCount: Int { options.prefetchCount + 2 }

  /// The memory of the ring.
  public var ringByteCount: Int {
    ringBatchCount * pool.valueCount * MemoryLayout<Float>.stride
  }

  /// The samples of one epoch in the order in which they are delivered.
  public func sampleIndices(epoch: Int) -> [Int] {
    let indices = options.order.indices(count: dataset.count, epoch: epoch)
    return Array(indices.prefix(batchCount * options.batchSize))
  }

  /// Starts to prepare the batches of one epoch.
  ///
  /// - Throws: `BatchLoaderError.outOfMemory` where there is no memory for the ring.
  public func batches(epoch: Int) throws -> BatchStream {
    try batches(of: sampleIndices(epoch: epoch), epoch: epoch)
  }

  /// Starts to prepare batches of some samples, in the order given instead of the loader's own; the
  /// epoch decides what the augmentation does to them.
  ///
  /// - Parameter samples: indices into the dataset.
  /// - Throws: `BatchLoaderError.outOfMemory` where there is no memory for the ring.
  public func batches(of samples: [Int], epoch: Int) throws -> BatchStream {
    precondition(
      samples.allSatisfy { (0..<dataset.count).contains($0) }, "samples are in the dataset")
    return BatchStream(
      try BatchProduction(loader: self, pool: pool, epoch: epoch, indices: samples))
  }

  /// A preparer for one thread.
  func makePreparer() -> ImagePreparer {
    ImagePreparer(
      valid: preprocessing, augmentation: options.augmentation,
      random: SeededGenerator(seed: options.seed), pixelLimit: options.pixelLimit, gate: gate)
  }
}

/// A loader that cannot work.
public enum BatchLoaderError: Error, Equatable, CustomStringConvertible {
  case option(String, Int)
  case emptyDataset
  case outOfMemory(byteCount: Int)
  /// The consumer holds every batch of the ring and asks for another.
  case allBatchesHeld(Int)

  public var description: String {
    switch self {
    case .option(let name, let value):
      "\(name) must be 1 or greater, found \(value)"
    case .emptyDataset:
      "the dataset holds no samples"
    case .outOfMemory(let byteCount):
      "no memory for a batch of \(byteCount) bytes; make batchSize smaller"
    case .allBatchesHeld(let count):
      "all \(count) batches of the ring are still held; let go of a batch before asking for the "
        + "next, or raise prefetchCount"
    }
  }
}
