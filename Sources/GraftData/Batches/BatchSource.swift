public import GraftGraph

/// Where a training loop gets its batches from: a ``BatchLoader`` over any data set, features that were
/// computed once, or a type of one's own.
public protocol BatchSource: Sendable {
  /// How many samples there are.
  var sampleCount: Int { get }
  /// All that samples may consist of, targets included, the largest first; more than one are lengths or
  /// sizes that samples are grouped by.
  var signatures: [Signature] { get }
  /// Whether tensors come out the same in every epoch, so that features of them may be kept.
  var isRepeatable: Bool { get }

  /// Which samples form which batches of an epoch.
  ///
  /// - Parameters:
  ///   - size: Samples in a batch.
  ///   - epoch: From 0; decides the order together with the order's seed.
  /// - Throws: What finding out the samples' signatures throws.
  func plan(_ order: BatchOrder, size: Int, epoch: Int) throws -> [PlannedBatch]

  /// Starts to prepare batches, in the order given.
  ///
  /// - Parameter epoch: Decides what is random about the samples.
  /// - Throws: What opening the source throws.
  func batches(_ plan: [PlannedBatch], epoch: Int) throws -> any BatchIterator
}

extension BatchSource {
  /// Batches of the first signature.
  public func plan(_ order: BatchOrder, size: Int, epoch: Int) throws -> [PlannedBatch] {
    order.batches(of: sampleCount, size: size, epoch: epoch)
  }
}

/// Batches that are being prepared, in order.
public protocol BatchIterator: AnyObject {
  /// The next batch; `nil` after the last.
  ///
  /// - Throws: What reading a sample throws, naming the sample.
  func next() throws -> Batch?
}
