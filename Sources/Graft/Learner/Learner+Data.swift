public import GraftData
import GraftGraph
import GraftModels
public import GraftTraining

extension Learner {
  /// A dataset as this learner's model takes it.
  ///
  /// - Parameters:
  ///   - augmentation: Only for training.
  ///   - classWeights: How much a sample of each class counts (``ClassWeights/values(for:)``); empty
  ///     for 1 each.
  /// - Throws: ``LearnerError`` where the dataset's classes don't fit the model's output, or its
  ///   samples the model's input, or where a label is none of its classes.
  public func feed(
    _ dataset: any Dataset, augmentation: Augmentation? = nil, classWeights: [Float] = []
  ) throws -> DatasetFeed {
    let width = try model.outline().output.shape.extents.last ?? 0
    let isBinary = width == 1 && loss == .binaryCrossEntropy && dataset.classes.count == 2
    guard isBinary || width == dataset.classes.count else {
      throw LearnerError.classCount(
        model: model.name, outputs: width, classes: dataset.classes.count)
    }
    guard classWeights.isEmpty || classWeights.count == dataset.classes.count else {
      throw LearnerError.classWeights(classWeights.count, classes: dataset.classes.count)
    }
    try checkShape(of: dataset)
    let classCount = dataset.classes.count
    for index in 0..<dataset.count where !(0..<classCount).contains(dataset.label(at: index)) {
      throw LearnerError.label(dataset.label(at: index), sample: index, classes: classCount)
    }
    return DatasetFeed(
      dataset, preprocessing: preprocessing, augmentation: augmentation,
      target: isBinary ? .binary : .oneHot, classWeights: classWeights, seed: seed)
  }

  /// Pictures by path, prepared for this learner's model, without labels. Bytes of a path that are no
  /// UTF-8 are written as `FilePath.display` writes them.
  ///
  /// - Parameter preprocessing: By default the learner's.
  /// - Throws: ``LearnerError`` where the model takes no pictures of its preprocessing's channels.
  public func feed(paths: [String], preprocessing: Preprocessing? = nil) throws -> DatasetFeed {
    try feed(
      unlabelled: PictureList(paths, classes: model.classNames), preprocessing: preprocessing)
  }

  /// Samples without labels that matter, prepared for this learner's model.
  ///
  /// - Parameter preprocessing: By default the learner's.
  /// - Throws: ``LearnerError`` where the samples don't fit the model's input.
  public func feed(
    unlabelled samples: any Dataset, preprocessing: Preprocessing? = nil
  ) throws -> DatasetFeed {
    let preprocessing = preprocessing ?? self.preprocessing
    try checkShape(of: samples, preprocessing)
    return DatasetFeed(samples, preprocessing: preprocessing)
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
  ///   - classWeights: How much samples of each class count, in training and in the loss on validation
  ///     samples; by default 1 each.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit<Part: Dataset>(
    _ data: DatasetSplit<Part>, epochs: Int, batchSize: Int = 32,
    augmentation: Augmentation? = nil, classWeights: ClassWeights? = nil, patience: Int? = nil,
    keepsBest: Bool = false, isolation: isolated (any Actor)? = #isolation
  ) async throws -> History {
    let weights = try classWeights?.values(for: data.training) ?? []
    return try await fit(
      on: feed(data.training, augmentation: augmentation, classWeights: weights),
      validation: feed(data.validation, classWeights: weights),
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
    return try classifications(of: feed(paths: paths), batchSize: min(batchSize, paths.count))
  }

  /// The class that the model gives each picture that can be read.
  ///
  /// - Returns: The answers, whose ``Classification/sample`` is a position in `paths`; and what is
  ///   wrong with the other pictures, by position.
  public func predict(
    readable paths: [String], batchSize: Int = 32
  ) throws -> (answers: [Classification], unreadable: [Int: ImageError]) {
    guard !paths.isEmpty else { return ([], [:]) }
    let pictures = ForgivingDataset(PictureList(paths, classes: model.classNames))
    let answers = try classifications(
      of: feed(unlabelled: pictures), batchSize: min(batchSize, paths.count))
    let unreadable = pictures.unreadable
    return (answers.filter { unreadable[$0.sample] == nil }, unreadable)
  }

  private func classifications(
    of feed: DatasetFeed, batchSize: Int
  ) throws -> [Classification] {
    try predict(feed, batchSize: batchSize).enumerated().map {
      // One output answers yes or no: its complement is the first class.
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
  /// How many there are of both.
  case classWeights(Int, classes: Int)

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
    case .classWeights(let count, let classes):
      "there are \(count) class weights, but the data has \(classes) classes; give each class one"
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
