/// Labelled samples that a loader can read in any order from several threads.
///
/// `ImageFolder` and `ArrayDataset` are datasets; conform a type of your own to train on anything
/// else. Pictures go through the preparer, so that they get the model's preprocessing and, while
/// training, its augmentation.
public protocol Dataset: Sendable {
  /// The number of samples.
  var count: Int { get }

  /// Class names; a label is an index into them.
  var classes: [String] { get }

  /// The class of one sample.
  func label(at index: Int) -> Int

  /// What tells a sample from all others, wherever it stands among them: what augmentation does to it
  /// follows from this number. By default its index.
  func identity(at index: Int) -> UInt64

  /// The shape of one prepared sample, without the batch dimension. Pictures: height, width, channels.
  func shape(preparedBy preprocessing: Preprocessing) -> [Int]

  /// Writes the values of one sample.
  ///
  /// - Parameters:
  ///   - values: as many values as `shape(preparedBy:)` says, all to be written.
  ///   - index: 0 up to `count`.
  ///   - preparer: turns pictures into values; its `random` is seeded for this sample and epoch.
  /// - Throws: an error that names the sample.
  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws
}

extension Dataset {
  /// The sample's index.
  public func identity(at index: Int) -> UInt64 { UInt64(index) }

  /// That of prepared pictures: height, width, channels.
  public func shape(preparedBy preprocessing: Preprocessing) -> [Int] {
    preprocessing.shape
  }

  /// The number of samples of each class.
  public var counts: [Int] {
    (0..<count).reduce(into: Array(repeating: 0, count: classes.count)) { counts, index in
      counts[label(at: index)] += 1
    }
  }

  /// The samples at `indices`, in that order.
  public func subset(_ indices: [Int]) -> Subset<Self> {
    Subset(of: self, indices: indices)
  }

  /// Splits the samples into a training and a validation part, the same on every platform.
  ///
  /// - Parameters:
  ///   - validation: the share of samples held out, between 0 and 1.
  ///   - stratified: whether each class is split by that share.
  /// - Throws: `SplitError` where a part would be empty.
  public func split(
    validation: Double, stratified: Bool = true, seed: UInt64 = 0
  ) throws -> DatasetSplit<Subset<Self>> {
    let parts = try SplitIndices(
      labels: (0..<count).map(label(at:)),
      tickets: (0..<count).map { SplitIndices.ticket(of: $0, seed: seed) },
      classCount: classes.count, validation: validation, stratified: stratified)
    return DatasetSplit(
      training: subset(parts.training), validation: subset(parts.validation))
  }
}

/// Some samples of another dataset.
public struct Subset<Base: Dataset>: Dataset {
  /// The whole dataset.
  public let base: Base
  /// The samples' indices in `base`.
  public let indices: [Int]

  /// The samples at `indices`, which lie in the base dataset, in that order.
  public init(of base: Base, indices: [Int]) {
    precondition(
      indices.allSatisfy { (0..<base.count).contains($0) }, "indices lie in the base dataset")
    self.base = base
    self.indices = indices
  }

  /// How many samples were picked.
  public var count: Int { indices.count }
  /// The classes of the whole dataset.
  public var classes: [String] { base.classes }

  /// The class of one picked sample.
  public func label(at index: Int) -> Int {
    base.label(at: indices[index])
  }

  /// What tells the sample from all others of the whole dataset.
  public func identity(at index: Int) -> UInt64 {
    base.identity(at: indices[index])
  }

  /// The whole dataset's.
  public func shape(preparedBy preprocessing: Preprocessing) -> [Int] {
    base.shape(preparedBy: preprocessing)
  }

  /// Writes the values of one picked sample.
  ///
  /// - Throws: What the whole dataset throws.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    try base.fill(values, at: indices[index], using: preparer)
  }
}
