/// Samples held in memory: numbers that are taken as already preprocessed, as in Keras's `fit(x, y)`, each
/// with a class (`Int`), a set of classes (`Set<Int>`) or numbers (`[Float]`).
public struct ArrayDataset<Label: Sendable>: Dataset {
  public typealias Sample = Labeled<Image, Label>

  /// What should be said of each sample.
  public let targets: [Label]
  /// The shape of one sample; pictures: height, width, channels.
  public let sampleShape: [Int]
  private let values: [Float]
  private let valueCount: Int
  private let classNames: [String]

  private init(
    _ values: [Float], _ sampleShape: [Int], _ targets: [Label], classNames: [String]
  ) throws {
    guard !sampleShape.isEmpty, sampleShape.allSatisfy({ $0 > 0 }) else {
      throw ArrayDatasetError.shape(sampleShape)
    }
    let valueCount = sampleShape.reduce(1, *)
    guard values.count == targets.count * valueCount else {
      throw ArrayDatasetError.valueCount(
        expected: targets.count * valueCount, found: values.count, sampleShape: sampleShape)
    }
    (self.values, self.sampleShape, self.targets) = (values, sampleShape, targets)
    (self.valueCount, self.classNames) = (valueCount, classNames)
  }

  /// How many samples there are.
  public var count: Int { targets.count }

  /// One sample: numbers that are taken as prepared already.
  public func sample(at index: Int) -> Labeled<Image, Label> {
    let numbers = values[(index * valueCount)..<((index + 1) * valueCount)]
    return Labeled(Image(.values(numbers, shape: sampleShape)), targets[index])
  }

  /// Samples of one class are one kind; all others are of a single kind.
  public func group(at index: Int) -> Int { targets[index] as? Int ?? 0 }
}

extension ArrayDataset: ClassifiedDataset where Label == Int {
  public typealias Input = Image

  /// The names of the classes.
  public var classes: [String] { classNames }
  /// The class of each sample, an index into `classes`.
  public var labels: [Int] { targets }
  /// The class of one sample.
  public func label(at index: Int) -> Int { targets[index] }

  /// - Parameters:
  ///   - values: all samples one after the other, each row-major.
  ///   - sampleShape: the shape of one sample, without the batch dimension.
  ///   - labels: one for each sample.
  ///   - classes: names; nil to name the classes "0", "1" and so on up to the greatest label.
  /// - Throws: `ArrayDatasetError` where the counts do not fit together.
  public init(
    values: [Float], sampleShape: [Int], labels: [Int], classes: [String]? = nil
  ) throws {
    let names = classes ?? (0...(labels.max().map { max($0, 0) } ?? 0)).map(String.init)
    try self.init(values, sampleShape, labels, classNames: names)
    if let index = labels.firstIndex(where: { !names.indices.contains($0) }) {
      throw ArrayDatasetError.label(labels[index], index: index, classCount: names.count)
    }
  }

  /// The same as with `labels`.
  ///
  /// - Throws: `ArrayDatasetError` where the counts do not fit together.
  public init(
    values: [Float], sampleShape: [Int], targets: [Int], classes: [String]? = nil
  ) throws {
    try self.init(values: values, sampleShape: sampleShape, labels: targets, classes: classes)
  }
}

extension ArrayDataset where Label == Set<Int> {
  /// Samples with the classes of each.
  ///
  /// - Throws: `ArrayDatasetError` where the counts do not fit together, or a class is below 0.
  public init(values: [Float], sampleShape: [Int], targets: [Set<Int>]) throws {
    try self.init(values, sampleShape, targets, classNames: [])
    for (index, target) in targets.enumerated() {
      if let least = target.min(), least < 0 {
        throw ArrayDatasetError.label(
          least, index: index, classCount: (targets.compactMap { $0.max() }.max() ?? 0) + 1)
      }
    }
  }
}

extension ArrayDataset where Label == [Float] {
  /// Samples with some numbers for each, always as many.
  ///
  /// - Throws: `ArrayDatasetError` where the counts do not fit together.
  public init(values: [Float], sampleShape: [Int], targets: [[Float]]) throws {
    try self.init(values, sampleShape, targets, classNames: [])
    let width = targets.first?.count ?? 0
    if let index = targets.firstIndex(where: { $0.count != width }) {
      throw ArrayDatasetError.targetCount(
        expected: width, found: targets[index].count, index: index)
    }
  }

  /// Samples with a number for each.
  ///
  /// - Throws: `ArrayDatasetError` where the counts do not fit together.
  public init(values: [Float], sampleShape: [Int], targets: [Float]) throws {
    try self.init(values: values, sampleShape: sampleShape, targets: targets.map { [$0] })
  }
}

/// Arrays that do not make a dataset.
public enum ArrayDatasetError: Error, Equatable, CustomStringConvertible {
  case shape([Int])
  case valueCount(expected: Int, found: Int, sampleShape: [Int])
  case label(Int, index: Int, classCount: Int)
  case targetCount(expected: Int, found: Int, index: Int)
  case augmentation

  public var description: String {
    switch self {
    case .shape(let shape):
      "a sample's shape has one or more dimensions greater than 0, found \(shape)"
    case .valueCount(let expected, let found, let shape):
      "expected \(expected) values (targets x \(shape)), found \(found)"
    case .label(let label, let index, let classCount):
      "label \(label) of sample \(index) is not one of the \(classCount) classes (0 to "
        + "\(classCount - 1))"
    case .targetCount(let expected, let found, let index):
      "sample \(index) has \(found) target numbers, but the first one \(expected); give all as many"
    case .augmentation:
      "arrays of numbers can be flipped only, and only as height x width x channels; leave out "
        + "crops, affine transforms and colour jitter, or use pictures"
    }
  }
}
