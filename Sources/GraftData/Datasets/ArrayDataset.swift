/// Samples held in memory: numbers that are taken as already preprocessed, as in Keras's `fit(x, y)`.
public struct ArrayDataset: ClassifiedDataset {
  public typealias Input = Image

  /// The names of the classes.
  public let classes: [String]
  /// The class of each sample, an index into `classes`.
  public let labels: [Int]
  /// The shape of one sample; pictures: height, width, channels.
  public let sampleShape: [Int]
  private let values: [Float]
  private let valueCount: Int

  /// - Parameters:
  ///   - values: all samples one after the other, each row-major.
  ///   - sampleShape: the shape of one sample, without the batch dimension.
  ///   - labels: one for each sample.
  ///   - classes: names; nil to name the classes "0", "1" and so on up to the greatest label.
  /// - Throws: `ArrayDatasetError` where the counts do not fit together.
  public init(
    values: [Float], sampleShape: [Int], labels: [Int], classes: [String]? = nil
  ) throws {
    guard !sampleShape.isEmpty, sampleShape.allSatisfy({ $0 > 0 }) else {
      throw ArrayDatasetError.shape(sampleShape)
    }
    let valueCount = sampleShape.reduce(1, *)
    guard values.count == labels.count * valueCount else {
      throw ArrayDatasetError.valueCount(
        expected: labels.count * valueCount, found: values.count, sampleShape: sampleShape)
    }
    let names = classes ?? (0...(labels.max().map { max($0, 0) } ?? 0)).map(String.init)
    if let index = labels.firstIndex(where: { !names.indices.contains($0) }) {
      throw ArrayDatasetError.label(labels[index], index: index, classCount: names.count)
    }
    self.values = values
    self.sampleShape = sampleShape
    self.labels = labels
    self.classes = names
    self.valueCount = valueCount
  }

  /// How many samples there are.
  public var count: Int { labels.count }

  /// The class of one sample.
  public func label(at index: Int) -> Int { labels[index] }

  /// One sample: numbers that are taken as prepared already.
  public func sample(at index: Int) -> Labeled<Image, Int> {
    let numbers = values[(index * valueCount)..<((index + 1) * valueCount)]
    return Labeled(Image(.values(numbers, shape: sampleShape)), labels[index])
  }
}

/// Arrays that do not make a dataset.
public enum ArrayDatasetError: Error, Equatable, CustomStringConvertible {
  case shape([Int])
  case valueCount(expected: Int, found: Int, sampleShape: [Int])
  case label(Int, index: Int, classCount: Int)
  case augmentation

  public var description: String {
    switch self {
    case .shape(let shape):
      "a sample's shape has one or more dimensions greater than 0, found \(shape)"
    case .valueCount(let expected, let found, let shape):
      "expected \(expected) values (labels x \(shape)), found \(found)"
    case .label(let label, let index, let classCount):
      "label \(label) of sample \(index) is not one of the \(classCount) classes (0 to "
        + "\(classCount - 1))"
    case .augmentation:
      "arrays of numbers can be flipped only, and only as height x width x channels; leave out "
        + "crops, affine transforms and colour jitter, or use pictures"
    }
  }
}
