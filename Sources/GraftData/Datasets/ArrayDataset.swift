/// Samples held in memory: numbers that are taken as already preprocessed, as in Keras's `fit(x, y)`.
public struct ArrayDataset: Dataset {
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

  /// The shape of each sample, whatever the preprocessing.
  public func shape(preparedBy preprocessing: Preprocessing) -> [Int] { sampleShape }

  /// Copies one sample; of an augmentation only flips apply to numbers.
  ///
  /// - Throws: `ArrayDatasetError` where the augmentation asks for more.
  public func fill(
    _ destination: UnsafeMutableBufferPointer<Float>, at index: Int,
    using preparer: ImagePreparer
  ) throws {
    let sample = values[(index * valueCount)..<((index + 1) * valueCount)]
    _ = destination.update(fromContentsOf: sample)
    guard let augmentation = preparer.augmentation else { return }
    var flips = augmentation
    flips.randomResizedCrop = nil
    flips.affine = nil
    flips.colorJitter = nil
    guard flips == augmentation, sampleShape.count == 3 else {
      throw ArrayDatasetError.augmentation
    }
    if preparer.random.nextBool(probability: augmentation.horizontalFlip) {
      mirrorColumns(of: destination)
    }
    if preparer.random.nextBool(probability: augmentation.verticalFlip) {
      mirrorRows(of: destination)
    }
  }

  private func mirrorColumns(of sample: UnsafeMutableBufferPointer<Float>) {
    let (height, width, channels) = (sampleShape[0], sampleShape[1], sampleShape[2])
    for y in 0..<height {
      for x in 0..<(width / 2) {
        for channel in 0..<channels {
          sample.swapAt(
            (y * width + x) * channels + channel,
            (y * width + width - 1 - x) * channels + channel)
        }
      }
    }
  }

  private func mirrorRows(of sample: UnsafeMutableBufferPointer<Float>) {
    let (height, rowCount) = (sampleShape[0], sampleShape[1] * sampleShape[2])
    for y in 0..<(height / 2) {
      for offset in 0..<rowCount {
        sample.swapAt(y * rowCount + offset, (height - 1 - y) * rowCount + offset)
      }
    }
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
