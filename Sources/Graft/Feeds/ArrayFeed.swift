public import GraftTraining

/// Samples that are in memory already, as from a computation or a file of features.
public struct ArrayFeed: SampleFeed {
  /// Sample after sample, each of the model's input shape.
  public let samples: [Float]
  /// Target after target.
  public let targets: [Float]
  public let sampleCount: Int
  public let targetWidth: Int

  /// - Throws: ``ArrayFeedError`` where the counts don't divide.
  public init(samples: [Float], targets: [Float], sampleCount: Int) throws {
    guard sampleCount > 0, samples.count % sampleCount == 0, targets.count % sampleCount == 0 else {
      throw ArrayFeedError(
        sampleCount: sampleCount, elementCount: samples.count, targetCount: targets.count)
    }
    self.samples = samples
    self.targets = targets
    self.sampleCount = sampleCount
    targetWidth = targets.count / sampleCount
  }

  /// The targets of samples, one after the other: (samples, target width).
  public func targets(of samples: [Int]) -> [Float] {
    samples.flatMap { targets[$0 * targetWidth..<($0 + 1) * targetWidth] }
  }

  /// The batches with these samples, in this order; the same in every epoch.
  public func batches(of samples: [[Int]], epoch: Int) -> any SampleBatches {
    ArrayBatches(self.samples, width: self.samples.count / sampleCount, order: samples)
  }
}

/// Elements or targets that don't divide into samples.
public struct ArrayFeedError: Error, CustomStringConvertible {
  public let sampleCount: Int
  public let elementCount: Int
  public let targetCount: Int

  public var description: String {
    "\(elementCount) elements and \(targetCount) targets don't divide into \(sampleCount) samples"
  }
}

private final class ArrayBatches: SampleBatches {
  private let samples: [Float]
  private let width: Int
  private var order: ArraySlice<[Int]>
  private let buffer: UnsafeMutableBufferPointer<Float>

  init(_ samples: [Float], width: Int, order: [[Int]]) {
    (self.samples, self.width, self.order) = (samples, width, order[...])
    buffer = .allocate(capacity: max((order.map(\.count).max() ?? 0) * width, 1))
    buffer.initialize(repeating: 0)
  }

  deinit { buffer.deallocate() }

  func withNext<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result? {
    guard let batch = order.popFirst() else { return nil }
    for (row, sample) in batch.enumerated() {
      let source = samples[sample * width..<(sample + 1) * width]
      _ = buffer[(row * width)...].update(fromContentsOf: source)
    }
    return try body(UnsafeBufferPointer(rebasing: buffer[..<(batch.count * width)]))
  }
}
