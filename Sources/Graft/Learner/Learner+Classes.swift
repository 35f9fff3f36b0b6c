public import GraftData
import GraftGraph
import GraftModels
public import GraftTasks
public import GraftTraining

/// Classes of whatever a preprocessor turns into tensors: pictures, texts or inputs of one's own.
extension Learner {
  /// A dataset as this learner's model takes it.
  ///
  /// - Parameters:
  ///   - augmentation: Only for training.
  ///   - classWeights: How much a sample of each class counts (``ClassWeights/values(for:)``); empty
  ///     for 1 each.
  /// - Throws: ``LearnerError`` where the dataset's classes don't fit the model's output, or its
  ///   samples the model's input, or where a label is none of its classes.
  public func feed<Inputs: Preprocessor>(
    _ dataset: some ClassifiedDataset<Inputs.Sample>, augmentation: Inputs.Augmentation? = nil,
    classWeights: [Float] = []
  ) throws -> BatchLoader where Goal == Classification<Inputs> {
    let width = try model.outline().output.shape.extents.last ?? 0
    let classCount = dataset.classes.count
    let isBinary = width == 1 && classCount == 2 && task.takesOneOutput
    guard isBinary || width == classCount else {
      throw LearnerError.classCount(model: model.name, outputs: width, classes: classCount)
    }
    guard classWeights.isEmpty || classWeights.count == classCount else {
      throw LearnerError.classWeights(classWeights.count, classes: classCount)
    }
    try checkSamples(of: dataset, task.inputs)
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

  /// Makes sure of the first sample.
  func checkSamples<Inputs: Preprocessor>(
    of dataset: some Dataset<Labeled<Inputs.Sample, Int>>, _ inputs: Inputs
  ) throws {
    guard dataset.count > 0 else { return }
    do {
      try inputs.check(dataset.sample(at: 0).input)
    } catch let error as ImageShapeError {
      throw LearnerError.sampleShape(
        model: model.name, expected: error.expected, found: error.found)
    }
  }

  /// Trains on the training part of a split dataset and validates on the other.
  ///
  /// - Parameters:
  ///   - schedule: What the optimizer's rate is multiplied by from step to step.
  ///   - augmentation: What is done to training samples at random.
  ///   - classWeights: How much samples of each class count, in training and in the loss on validation
  ///     samples; by default 1 each.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  ///   - body: Told what happens; without it a line of standard error tells how training goes.
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit<Inputs: Preprocessor, Part: ClassifiedDataset>(
    _ data: DatasetSplit<Part>, epochs: Int, batchSize: Int = 32,
    schedule: RateSchedule = .constant, augmentation: Inputs.Augmentation? = nil,
    classWeights: ClassWeights? = nil, patience: Int? = nil, keepsBest: Bool = false,
    isolation: isolated (any Actor)? = #isolation, _ body: ((TrainingEvent) throws -> Void)? = nil
  ) async throws -> History where Goal == Classification<Inputs>, Part.Input == Inputs.Sample {
    try await fit(
      data.training, validation: data.validation, epochs: epochs, batchSize: batchSize,
      schedule: schedule, augmentation: augmentation, classWeights: classWeights,
      patience: patience, keepsBest: keepsBest, isolation: isolation, body)
  }

  /// Trains on one dataset and validates on another, with the same classes.
  ///
  /// - Parameters:
  ///   - schedule: What the optimizer's rate is multiplied by from step to step.
  ///   - augmentation: What is done to training samples at random.
  ///   - classWeights: How much samples of each class count, in training and in the loss on validation
  ///     samples; by default 1 each.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  ///   - body: Told what happens; without it a line of standard error tells how training goes.
  /// - Returns: The epochs of this fit.
  /// - Throws: ``LearnerError`` where the classes don't fit the model's output, or are not the same.
  @discardableResult
  public func fit<Inputs: Preprocessor>(
    _ data: some ClassifiedDataset<Inputs.Sample>,
    validation: (any ClassifiedDataset<Inputs.Sample>)? = nil, epochs: Int, batchSize: Int = 32,
    schedule: RateSchedule = .constant, augmentation: Inputs.Augmentation? = nil,
    classWeights: ClassWeights? = nil, patience: Int? = nil, keepsBest: Bool = false,
    isolation: isolated (any Actor)? = #isolation, _ body: ((TrainingEvent) throws -> Void)? = nil
  ) async throws -> History where Goal == Classification<Inputs> {
    if let validation, validation.classes != data.classes {
      throw LearnerError.otherClasses(data.classes, validation: validation.classes)
    }
    let weights = try classWeights?.values(for: data) ?? []
    return try await fit(
      on: feed(data, augmentation: augmentation, classWeights: weights),
      validation: validation.map { try feed($0, classWeights: weights) },
      options: TrainingOptions(
        epochs: epochs, batchSize: batchSize, schedule: schedule, patience: patience,
        keepsBest: keepsBest),
      isolation: isolation, body ?? ProgressLine.telling(of: epochs))
  }

  /// Loss and accuracy over a dataset.
  public func evaluate<Inputs: Preprocessor>(
    _ dataset: some ClassifiedDataset<Inputs.Sample>, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> Metrics where Goal == Classification<Inputs> {
    try await evaluate(on: feed(dataset), batchSize: batchSize)
  }

  /// What the model says of each sample of a dataset, beside what it should say.
  public func classify<Inputs: Preprocessor>(
    _ dataset: some ClassifiedDataset<Inputs.Sample>, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> [ClassPrediction] where Goal == Classification<Inputs> {
    try await predict(feed(dataset), batchSize: batchSize).enumerated().map { index, outputs in
      ClassPrediction(sample: index, outputs: outputs, label: dataset.label(at: index))
    }
  }
}
