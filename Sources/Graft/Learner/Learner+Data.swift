public import GraftData
import GraftGraph
public import GraftModels
public import GraftRuntime
public import GraftTasks
public import GraftTraining

/// One class a picture.
public typealias ImageClassification = Classification<ImagePreprocessor>

extension Learner where Goal == ImageClassification {
  /// Prepares a model to tell classes of pictures; nothing is allocated on the device yet.
  ///
  /// - Parameters:
  ///   - loss: Of a score for each class, or for the second of two where the model has one output.
  ///   - preprocessing: By default what the backbone's weights were trained with.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Throws: As ``init(_:task:freezing:optimizer:device:seed:)`` does.
  public convenience init(
    _ model: Model, freezing: FreezePlan = .none, loss: some Loss = .crossEntropy,
    optimizer: Optimizer = .adam(), preprocessing: Preprocessing? = nil,
    device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let outputCount = try model.outline().output.shape.extents.last ?? 0
    let inputs = ImagePreprocessor(
      preprocessing ?? model.preprocessing,
      shape: [model.inputSize.height, model.inputSize.width, model.inputChannels])
    let task = ImageClassification(
      inputs, classCount: outputCount == 1 ? 2 : outputCount, loss: loss,
      isBinary: outputCount == 1)
    try self.init(
      model, task: task, freezing: freezing, optimizer: optimizer, device: device, seed: seed)
  }

  /// How pictures become what the model takes.
  public var preprocessing: Preprocessing {
    get { task.inputs.preprocessing }
    set { task.inputs.preprocessing = newValue }
  }

  /// A dataset as this learner's model takes it.
  ///
  /// - Parameters:
  ///   - augmentation: Only for training.
  ///   - classWeights: How much a sample of each class counts (``ClassWeights/values(for:)``); empty
  ///     for 1 each.
  /// - Throws: ``LearnerError`` where the dataset's classes don't fit the model's output, or its
  ///   samples the model's input, or where a label is none of its classes.
  public func feed(
    _ dataset: some ClassifiedDataset<Image>, augmentation: Augmentation? = nil,
    classWeights: [Float] = []
  ) throws -> BatchLoader {
    let width = try model.outline().output.shape.extents.last ?? 0
    let classCount = dataset.classes.count
    let isBinary = width == 1 && loss is BinaryCrossEntropy && classCount == 2
    guard isBinary || width == classCount else {
      throw LearnerError.classCount(model: model.name, outputs: width, classes: classCount)
    }
    guard classWeights.isEmpty || classWeights.count == classCount else {
      throw LearnerError.classWeights(classWeights.count, classes: classCount)
    }
    try checkShape(of: dataset)
    for index in 0..<dataset.count where !(0..<classCount).contains(dataset.label(at: index)) {
      throw LearnerError.label(dataset.label(at: index), sample: index, classes: classCount)
    }
    var task = task
    (task.classCount, task.isBinary) = (classCount, isBinary)
    let options = BatchLoader.Options(seed: seed)
    guard !classWeights.isEmpty else {
      return try BatchLoader(dataset, task, augmentation: augmentation, options: options)
    }
    return try BatchLoader(
      WeightedDataset(dataset, classWeights: classWeights), task, augmentation: augmentation,
      options: options)
  }

  /// Pictures by path, prepared for this learner's model, without labels. Bytes of a path that are no
  /// UTF-8 are written as `FilePath.display` writes them.
  ///
  /// - Parameters:
  ///   - preprocessing: By default the learner's.
  ///   - failures: Notes the pictures that can't be read; `nil` makes the first of them an error.
  /// - Throws: ``LearnerError`` where the model takes no pictures of its preprocessing's channels.
  public func feed(
    paths: [String], preprocessing: Preprocessing? = nil, noting failures: SampleFailures? = nil
  ) throws -> BatchLoader {
    let pictures = PictureList(paths)
    try checkShape(of: pictures, preprocessing)
    var task = task
    if let preprocessing { task.inputs.preprocessing = preprocessing }
    return try BatchLoader(
      pictures, task, options: .init(readsTargets: false, failures: failures))
  }

  private func checkShape(
    of dataset: some Dataset<Labeled<Image, Int>>, _ preprocessing: Preprocessing? = nil
  ) throws {
    let expected = task.inputs.shape
    var found = (preprocessing ?? self.preprocessing).shape
    if dataset.count > 0, case .values(_, let shape) = try dataset.sample(at: 0).input.source {
      found = shape
    }
    guard found == expected else {
      throw LearnerError.sampleShape(model: model.name, expected: expected, found: found)
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
  public func fit<Part: ClassifiedDataset<Image>>(
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
  public func evaluate(
    _ dataset: some ClassifiedDataset<Image>, batchSize: Int = 32
  ) throws -> Metrics {
    try evaluate(on: feed(dataset), batchSize: batchSize)
  }

  /// What the model says of each sample of a dataset, beside what it should say.
  public func classify(
    _ dataset: some ClassifiedDataset<Image>, batchSize: Int = 32
  ) throws -> [ClassPrediction] {
    try predict(feed(dataset), batchSize: batchSize).enumerated().map { index, outputs in
      ClassPrediction(sample: index, outputs: outputs, label: dataset.label(at: index))
    }
  }

  /// The class that the model gives each picture, with its probability.
  ///
  /// - Throws: `ImageError` with the path of a picture that can't be read.
  public func predict(paths: [String], batchSize: Int = 32) throws -> [ClassPrediction] {
    guard !paths.isEmpty else { return [] }
    return try classifications(of: feed(paths: paths), batchSize: min(batchSize, paths.count))
  }

  /// The class that the model gives each picture that can be read.
  ///
  /// - Returns: The answers, whose ``ClassPrediction/sample`` is a position in `paths`; and what is
  ///   wrong with the other pictures, by position.
  /// - Throws: What is wrong with the first picture where it isn't an `ImageError`.
  public func predict(
    readable paths: [String], batchSize: Int = 32
  ) throws -> (answers: [ClassPrediction], unreadable: [Int: ImageError]) {
    guard !paths.isEmpty else { return ([], [:]) }
    let failures = SampleFailures()
    let answers = try classifications(
      of: feed(paths: paths, noting: failures), batchSize: min(batchSize, paths.count))
    let unreadable = try failures.images
    return (answers.filter { unreadable[$0.sample] == nil }, unreadable)
  }

  private func classifications(
    of feed: BatchLoader, batchSize: Int
  ) throws -> [ClassPrediction] {
    try predict(feed, batchSize: batchSize).enumerated().map {
      ClassPrediction(sample: $0, outputs: $1)
    }
  }
}

extension SampleFailures {
  /// The pictures that can't be read, by position.
  ///
  /// - Throws: The first error that is about something else.
  public var images: [Int: ImageError] {
    get throws {
      try all.sorted { $0.key < $1.key }.reduce(into: [:]) { result, failure in
        guard let error = failure.value as? ImageError else { throw failure.value }
        result[failure.key] = error
      }
    }
  }
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
