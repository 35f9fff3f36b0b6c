public import GraftData
public import GraftTraining

/// A dataset as a training loop reads it: prepared as the model wants it, in parallel, ahead of use.
public struct DatasetFeed: SampleFeed {
  /// What a label becomes.
  public enum Target: Hashable, Sendable {
    /// 1 for the class, 0 for the others: one number a class.
    case oneHot
    /// The label itself, 0 or 1: one number.
    case binary
  }
  /// Where the samples come from.
  public let dataset: any Dataset
  /// How pictures become what the model takes.
  public let preprocessing: Preprocessing
  /// What is done to samples at random, anew in each epoch; `nil` leaves them as they are.
  public let augmentation: Augmentation?
  /// What the model should answer.
  public let target: Target
  /// How much a sample of each class counts; empty for 1 each.
  public let classWeights: [Float]
  private let seed: UInt64

  /// - Parameters:
  ///   - preprocessing: What the model wants of pictures.
  ///   - augmentation: What is done to samples at random.
  ///   - target: Whether labels become one of two numbers or one of the classes.
  ///   - classWeights: How much a sample of each class counts; empty for 1 each.
  ///   - seed: Decides the augmentation.
  public init(
    _ dataset: any Dataset, preprocessing: Preprocessing, augmentation: Augmentation? = nil,
    target: Target = .oneHot, classWeights: [Float] = [], seed: UInt64 = 0
  ) {
    self.dataset = dataset
    self.preprocessing = preprocessing
    self.augmentation = augmentation
    self.target = target
    self.classWeights = classWeights
    self.seed = seed
  }

  public var sampleCount: Int { dataset.count }
  public var targetWidth: Int { target == .binary ? 1 : dataset.classes.count }
  public var isRepeatable: Bool { augmentation == nil }

  /// What tells the sample from all others of the data set.
  public func identity(of sample: Int) -> UInt64 { dataset.identity(at: sample) }

  /// The targets of samples, one after the other: (samples, target width).
  public func targets(of samples: [Int]) -> [Float] {
    var targets: [Float] = []
    for label in samples.map(dataset.label(at:)) {
      switch target {
      case .binary: targets.append(Float(label))
      case .oneHot: targets += (0..<targetWidth).map { $0 == label ? 1 : 0 }
      }
    }
    return targets
  }

  /// The weight of each sample's class; empty where all count the same.
  public func weights(of samples: [Int]) -> [Float] {
    classWeights.isEmpty ? [] : samples.map { classWeights[dataset.label(at: $0)] }
  }

  /// The batches with these samples, in this order, decoded ahead on other threads.
  ///
  /// - Throws: What opening a loader throws.
  public func batches(of samples: [[Int]], epoch: Int) throws -> any SampleBatches {
    let loader = try BatchLoader(
      dataset, preprocessing: preprocessing,
      options: BatchLoader.Options(
        batchSize: samples.map(\.count).max() ?? 1, augmentation: augmentation, seed: seed))
    return LoadedBatches(try loader.batches(of: samples.flatMap { $0 }, epoch: epoch))
  }
}

private final class LoadedBatches: SampleBatches {
  private let stream: BatchStream

  init(_ stream: BatchStream) { self.stream = stream }

  func withNext<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result? {
    guard let batch = try stream.next() else { return nil }
    let valueCount = batch.count * batch.sampleShape.reduce(1, *)
    return try batch.withValues { try body(UnsafeBufferPointer(rebasing: $0[..<valueCount])) }
  }
}
