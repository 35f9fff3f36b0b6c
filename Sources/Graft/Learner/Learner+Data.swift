public import GraftData
import GraftGraph
import GraftModels
public import GraftTraining

extension Learner {
  /// A dataset as this learner's model takes it.
  ///
  /// - Parameter augmentation: Only for training.
  /// - Throws: ``LearnerError`` where the dataset's classes don't fit the model's output, or its
  ///   samples the model's input, or where a label is none of its classes.
  public func feed(
    _ dataset: any Dataset, augmentation: Augmentation? = nil
  ) throws -> DatasetFeed {
    let width = try model.outline().output.shape.extents.last ?? 0
    let isBinary = width == 1 && loss == .binaryCrossEntropy && dataset.classes.count == 2
    guard isBinary || width == dataset.classes.count else {
      throw LearnerError.classCount(
        model: model.name, outputs: width, classes: dataset.classes.count)
    }
    try checkShape(of: dataset)
    let classCount = dataset.classes.count
    for index in 0..<dataset.count where !(0..<classCount).contains(dataset.label(at: index)) {
      throw LearnerError.label(dataset.label(at: index), sample: index, classes: classCount)
    }
    return DatasetFeed(
      dataset, preprocessing: preprocessing, augmentation: augmentation,
      target: isBinary ? .binary : .oneHot, seed: seed)
  }

  /// Pictures by path, prepared for this learner's model, without labels.
  ///
  /// - Parameter preprocessing: By default the learner's.
  /// - Throws: ``LearnerError`` where the model takes no pictures of its preprocessing's channels.
  public func feed(paths: [String], preprocessing: Preprocessing? = nil) throws -> DatasetFeed {
    let preprocessing = preprocessing ?? self.preprocessing
    let pictures = PictureList(paths: paths, classes: model.classNames)
    try checkShape(of: pictures, preprocessing)
    return DatasetFeed(pictures, preprocessing: preprocessing)
  }

  private func checkShape(
    of dataset: any Dataset, _ preprocessing: Preprocessing? = nil
  ) throws(LearnerError) {
    let expected = [model.inputSize.height, model.inputSize.width, model.inputChannels]
    let found = dataset.shape(preparedBy: preprocessing ?? self.preprocessing)
    guard found == expected else {
      throw .sampleShape(model: model.name, expected: expected, found: found)
    }
  }

  /// Trains on the training part of a split dataset and validates on the other.
  ///
  /// - Parameters:
  ///   - augmentation: What is done to training samples at random.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit<Part: Dataset>(
    _ data: DatasetSplit<Part>, epochs: Int, batchSize: Int = 32,
    augmentation: Augmentation? = nil, patience: Int? = nil, keepsBest: Bool = false,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> History {
    try await fit(
      on: feed(data.training, augmentation: augmentation),
      validation: feed(data.validation),
      options: TrainingOptions(
        epochs: epochs, batchSize: batchSize, patience: patience, keepsBest: keepsBest),
      isolation: isolation)
  }

  /// Loss and accuracy over a dataset.
  public func evaluate(_ dataset: any Dataset, batchSize: Int = 32) throws -> Metrics {
    try evaluate(on: feed(dataset), batchSize: batchSize)
  }

  /// What the model says of each sample of a dataset, beside what it should say.
  public func classify(_ dataset: any Dataset, batchSize: Int = 32) throws -> [Classification] {
    let probabilities = try predict(feed(dataset), batchSize: batchSize)
    return probabilities.enumerated().map { index, values in
      // One output answers yes or no: its complement is the first class.
      let values = values.count == 1 ? [1 - values[0], values[0]] : values
      return Classification(
        sample: index, probabilities: values, label: dataset.label(at: index))
    }
  }

  /// The class that the model gives each picture, with its probability.
  ///
  /// - Throws: `ImageError` with the path of a picture that can't be read.
  public func predict(paths: [String], batchSize: Int = 32) throws -> [Classification] {
    guard !paths.isEmpty else { return [] }
    return try predict(feed(paths: paths), batchSize: min(batchSize, paths.count)).enumerated().map
    {
      let values = $1.count == 1 ? [1 - $1[0], $1[0]] : $1
      return Classification(sample: $0, probabilities: values, label: nil)
    }
  }
}

/// What a model says of one sample.
public struct Classification: Hashable, Sendable {
  /// The sample's position in its dataset.
  public var sample: Int
  /// One for each class.
  public var probabilities: [Float]
  /// The right class, if it is known.
  public var label: Int?

  /// The most probable class.
  public var predicted: Int {
    probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
  }
  /// The probability of the predicted class.
  public var probability: Float { probabilities.isEmpty ? 0 : probabilities[predicted] }
  /// Whether the prediction is right, if that is known.
  public var isRight: Bool? { label.map { $0 == predicted } }
}

/// Data that a learner's model can't be trained on.
public enum LearnerError: Error, CustomStringConvertible {
  case classCount(model: String, outputs: Int, classes: Int)
  /// Heights, widths and channels.
  case sampleShape(model: String, expected: [Int], found: [Int])
  /// Names of classes, and outputs.
  case classNames(model: String, outputs: Int, names: Int)
  /// Numbers of a target, and of what the model gives for a sample.
  case targetWidth(model: String, outputs: Int, found: Int)
  /// A label that is none of a dataset's classes.
  case label(Int, sample: Int, classes: Int)

  public var description: String {
    switch self {
    case .classCount(let model, let outputs, let classes):
      "'\(model)' ends in \(outputs) outputs, but the data has \(classes) classes; "
        + "end it with Dense(\(classes))"
    case .sampleShape(let model, let expected, let found):
      "'\(model)' takes samples of \(Shape(expected)) (height, width, channels), but these are "
        + "\(Shape(found)); pictures have one channel or three"
    case .classNames(let model, let outputs, let names):
      "'\(model)' has names for \(names) classes, but \(outputs) outputs; give a name to each, or two "
        + "to a single output"
    case .targetWidth(let model, let outputs, let found):
      "'\(model)' ends in \(outputs) outputs, but each target has \(found) numbers; give one for "
        + "each output"
    case .label(let label, let sample, let classes):
      "the label of sample \(sample) is \(label), but the \(classes) classes are numbered from 0 "
        + "to \(classes - 1)"
    }
  }
}

extension Model {
  /// - Throws: ``LearnerError/classNames(model:outputs:names:)`` unless each output has a name, a
  ///   single one two, or none any.
  func checkClassNames() throws {
    let outputs = try outline().output.shape.extents.last ?? 0
    let count = classNames.count
    guard count == 0 || count == outputs || (outputs == 1 && count == 2) else {
      throw LearnerError.classNames(model: name, outputs: outputs, names: count)
    }
  }
}

/// Pictures by path, without labels.
struct PictureList: Dataset {
  let paths: [String]
  let classes: [String]

  var count: Int { paths.count }

  func label(at index: Int) -> Int { 0 }

  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    try preparer.prepare(fileAt: paths[index], into: values)
  }
}
