import Foundation
public import GraftGraph
import Synchronization

/// Reads a dataset in batches: samples are prepared in parallel, ahead of the one who asks.
///
/// Which samples are in which batch depends on the seed and the epoch alone, what is random about a
/// sample on seed, epoch and ``Dataset/identity(at:)``: not on its place or the number of threads.
/// Memory is a ring of ``ringBatchCount`` batches, used again by later epochs.
public final class BatchLoader: BatchSource {
  /// How samples are prepared.
  public let options: Options
  /// How many samples the dataset has.
  public let sampleCount: Int
  /// What the preprocessor makes of samples, without targets where they aren't read.
  public let signatures: [Signature]
  /// Whether nothing is random about samples.
  public let isRepeatable: Bool

  let reader: SampleReader
  let gate = LargePictureGate()
  private let pools = Mutex<[Int: BatchPool]>([:])
  private let knownSignatures = Mutex<[Int]?>(nil)

  /// How a dataset is read.
  public struct Options: Sendable {
    /// The seed of everything random about samples.
    public var seed: UInt64
    /// Whether targets are read; not where nothing but predictions is wanted.
    public var readsTargets: Bool
    /// Threads that prepare samples.
    public var threadCount: Int
    /// Batches prepared ahead of the one in use.
    public var prefetchCount: Int
    /// Notes the samples that can't be read, in whose place there are zeros; `nil` ends the epoch at the
    /// first one.
    public var failures: SampleFailures?

    /// - Parameters:
    ///   - seed: Decides what is random about samples.
    ///   - readsTargets: Whether targets are read.
    ///   - threadCount: `nil` for one for each processor, at most four.
    ///   - prefetchCount: Batches prepared ahead of the one in use.
    ///   - failures: Notes the samples that can't be read.
    public init(
      seed: UInt64 = 0, readsTargets: Bool = true, threadCount: Int? = nil, prefetchCount: Int = 2,
      failures: SampleFailures? = nil
    ) {
      self.seed = seed
      self.readsTargets = readsTargets
      self.threadCount = threadCount ?? min(ProcessInfo.processInfo.activeProcessorCount, 4)
      self.prefetchCount = prefetchCount
      self.failures = failures
    }
  }

  /// Reads samples as a preprocessor, or a task, turns them into tensors.
  ///
  /// - Parameter augmentation: For training only; `nil` leaves samples as they are.
  /// - Throws: ``BatchLoaderError`` for options that make no sense or weights that are no numbers from 0
  ///   on; what ``Preprocessor/makeWriter(_:)`` throws.
  public init<Inputs: Preprocessor>(
    _ dataset: any Dataset<Inputs.Sample>, _ preprocessor: Inputs,
    augmentation: Inputs.Augmentation? = nil, options: Options = Options()
  ) throws {
    for (name, value) in [
      ("threadCount", options.threadCount), ("prefetchCount", options.prefetchCount),
    ] where value < 1 {
      throw BatchLoaderError.option(name, value)
    }
    sampleCount = dataset.count
    for index in 0..<sampleCount {
      let weight = dataset.weight(at: index)
      guard weight >= 0, weight.isFinite else {
        throw BatchLoaderError.weight(weight, sample: index)
      }
    }
    self.options = options
    isRepeatable = augmentation == nil && !preprocessor.isRandom
    signatures = preprocessor.signatures.map { signature in
      options.readsTargets ? signature : signature.only(.sample)
    }
    reader = SampleReader(dataset, preprocessor, augmentation)
    // Values that make no sense are told here rather than on a thread.
    _ = try reader.makeWriter()
  }

  /// Batches that exist at once: one in use, the prefetched ones, and one being prepared.
  public var ringBatchCount: Int { options.prefetchCount + 2 }

  /// The memory of the ring.
  ///
  /// - Parameter batchSize: Samples in a batch.
  public func ringByteCount(batchSize: Int) -> Int {
    ringBatchCount * Self.byteCount(signatures, batchSize)
  }

  /// Which samples form which batches: of one signature each, where there are several lengths or sizes.
  ///
  /// - Throws: What reading a sample throws, where its signature has to be found out.
  public func plan(_ order: BatchOrder, size: Int, epoch: Int) throws -> [PlannedBatch] {
    order.batches(
      of: sampleCount, size: size, epoch: epoch, signatures: try signaturesOfSamples())
  }

  /// Starts to prepare batches on other threads, as ``stream(_:epoch:)`` does.
  ///
  /// - Throws: ``BatchLoaderError``.
  public func batches(_ plan: [PlannedBatch], epoch: Int) throws -> any BatchIterator {
    try stream(plan, epoch: epoch)
  }

  /// Starts to prepare batches: the same as ``batches(_:epoch:)``, also for `for try await`.
  ///
  /// - Throws: ``BatchLoaderError/emptyDataset``; ``BatchLoaderError/outOfMemory(byteCount:)`` where there
  ///   is no memory for the ring.
  public func stream(_ plan: [PlannedBatch], epoch: Int) throws -> BatchStream {
    precondition(
      plan.allSatisfy { batch in batch.samples.allSatisfy { (0..<sampleCount).contains($0) } },
      "samples are in the dataset")
    guard sampleCount > 0 else { throw BatchLoaderError.emptyDataset }
    let size = plan.map(\.samples.count).max() ?? 1
    let production = try BatchProduction(
      loader: self, pool: pool(batchSize: size), epoch: epoch, plan: plan,
      layouts: signatures.map { BatchLayout($0, capacity: size) })
    return BatchStream(production)
  }

  private func pool(batchSize: Int) -> BatchPool {
    pools.withLock { pools in
      if let pool = pools[batchSize] { return pool }
      let pool = BatchPool(byteCount: Self.byteCount(signatures, batchSize))
      // The ring of one size is enough: others are let go with the epoch that uses them.
      pools = [batchSize: pool]
      return pool
    }
  }

  private static func byteCount(_ signatures: [Signature], _ batchSize: Int) -> Int {
    signatures.map { BatchLayout($0, capacity: batchSize).byteCount }.max() ?? 0
  }

  /// The signatures of all samples, found out once, in parallel; empty where there is only one.
  private func signaturesOfSamples() throws -> [Int] {
    guard signatures.count > 1 else { return [] }
    if let known = knownSignatures.withLock({ $0 }) { return known }
    let found = Mutex(
      (positions: Array(repeating: 0, count: sampleCount), error: (any Error)?.none))
    let workers = max(1, min(options.threadCount, sampleCount))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for sample in stride(from: worker, to: sampleCount, by: workers) {
        do {
          let position = try reader.signature(sample)
          found.withLock { $0.positions[sample] = position }
        } catch {
          found.withLock { $0.error = $0.error ?? error }
          return
        }
      }
    }
    let (positions, error) = found.withLock { $0 }
    if let error { throw error }
    knownSignatures.withLock { $0 = positions }
    return positions
  }
}

/// Samples that can't be read, for whoever answers for the others.
public final class SampleFailures: Sendable {
  private let errors = Mutex<[Int: any Error]>([:])

  /// No failures yet.
  public init() {}

  /// What is wrong with the samples read so far, by position.
  public var all: [Int: any Error] { errors.withLock { $0 } }

  func note(_ error: any Error, of sample: Int) { errors.withLock { $0[sample] = error } }
}

/// A loader that cannot work.
public enum BatchLoaderError: Error, Equatable, CustomStringConvertible {
  case option(String, Int)
  case emptyDataset
  /// How much a sample counts.
  case weight(Float, sample: Int)
  case outOfMemory(byteCount: Int)
  /// The consumer holds every batch of the ring and asks for another.
  case allBatchesHeld(Int)

  public var description: String {
    switch self {
    case .option(let name, let value):
      "\(name) must be 1 or greater, found \(value)"
    case .emptyDataset:
      "the dataset holds no samples"
    case .weight(let weight, let sample):
      "the weight of sample \(sample) is \(weight); it must be a number from 0 on"
    case .outOfMemory(let byteCount):
      "no memory for a batch of \(byteCount) bytes; make batchSize smaller"
    case .allBatchesHeld(let count):
      "all \(count) batches of the ring are still held; let go of a batch before asking for the "
        + "next, or raise prefetchCount"
    }
  }
}
