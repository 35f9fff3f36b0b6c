public import GraftData
import GraftGraph
public import GraftModels
public import GraftRuntime
public import GraftTasks
public import GraftTraining

/// One class a picture.
public typealias ImageClassification = Classification<ImagePreprocessor>

extension Classification<ImagePreprocessor> {
  /// The classes that a model of pictures gives scores for: one each, or one for the second of two.
  init(for model: Model, preprocessing: Preprocessing, loss: some Loss) throws {
    let outputCount = try model.outline().output.shape.extents.last ?? 0
    let inputs = ImagePreprocessor(
      preprocessing, shape: [model.inputSize.height, model.inputSize.width, model.inputChannels])
    self.init(
      inputs, classCount: outputCount == 1 ? 2 : outputCount, loss: loss,
      isBinary: outputCount == 1)
  }
}

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
    let task = try ImageClassification(
      for: model, preprocessing: preprocessing ?? model.preprocessing, loss: loss)
    try self.init(
      model, task: task, freezing: freezing, optimizer: optimizer, device: device, seed: seed)
  }

  /// How pictures become what the model takes.
  public var preprocessing: Preprocessing {
    get { task.inputs.preprocessing }
    set { task.inputs.preprocessing = newValue }
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
    var task = task
    if let preprocessing { task.inputs.preprocessing = preprocessing }
    try checkSamples(of: pictures, task.inputs)
    return try BatchLoader(
      pictures, task, options: .init(readsTargets: false, failures: failures))
  }

  /// The class that the model gives each picture, with its probability.
  ///
  /// - Throws: `ImageError` with the path of a picture that can't be read.
  public func predict(
    paths: [String], batchSize: Int = 32, isolation: isolated (any Actor)? = #isolation
  ) async throws -> [ClassPrediction] {
    guard !paths.isEmpty else { return [] }
    return try await classifications(of: feed(paths: paths), batchSize: min(batchSize, paths.count))
  }

  /// The class that the model gives each picture that can be read.
  ///
  /// - Returns: The answers, whose ``ClassPrediction/sample`` is a position in `paths`; and what is
  ///   wrong with the other pictures, by position.
  /// - Throws: What is wrong with the first picture where it isn't an `ImageError`.
  public func predict(
    readable paths: [String], batchSize: Int = 32, isolation: isolated (any Actor)? = #isolation
  ) async throws -> (answers: [ClassPrediction], unreadable: [Int: ImageError]) {
    guard !paths.isEmpty else { return ([], [:]) }
    let failures = SampleFailures()
    let answers = try await classifications(
      of: feed(paths: paths, noting: failures), batchSize: min(batchSize, paths.count))
    let unreadable = try failures.images
    return (answers.filter { unreadable[$0.sample] == nil }, unreadable)
  }

  private func classifications(
    of feed: BatchLoader, batchSize: Int, isolation: isolated (any Actor)? = #isolation
  ) async throws -> [ClassPrediction] {
    try await predict(feed, batchSize: batchSize).enumerated().map {
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
  /// A model whose results are those of a part without scores.
  case features(model: String, part: String)
  /// The classes of training and validation samples.
  case otherClasses([String], validation: [String])

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
    case .features(let model, let part):
      "'\(model)' gives the features of '\(part)', which are no scores; end it in a layer that learns "
        + "some, such as Dense"
    case .label(let label, let sample, let classes):
      "the label of sample \(sample) is \(label), but the \(classes) classes are numbered from 0 "
        + "to \(classes - 1)"
    case .classWeights(let count, let classes):
      "there are \(count) class weights, but the data has \(classes) classes; give each class one"
    case .otherClasses(let training, let validation):
      "the validation samples have the classes \(validation.joined(separator: ", ")), but the "
        + "training samples \(training.joined(separator: ", ")); both need the same, in the same order"
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
