import ArgumentParser
import Foundation
import Graft

/// Training on texts: a table with a column of classes, or a folder of `.txt` files for each class.
struct TextTraining: TrainingSubject {
  static let noun = "texts"
  static let unit = "texts"

  let learner: Learner<TextClassification>
  let backbone: String
  private let parts: TrainingParts<Subset<TextDataset>>
  let skippedCount = 0

  init(_ options: Train, terminal: Terminal) async throws {
    try options.requireNoPictureOptions()
    let network = try TextNetwork(options.network, default: TextNetwork.usual)
    let (training, validation) = try TextData(options.directory, options.texts).parts(options)
    let parts = try TrainingParts(training: training, validation: validation, options.data)
    let (encoder, tokenizer) = try await network.load(
      vocabulary: options.texts.vocabulary, terminal: terminal)
    let longest = try options.texts.longest(for: encoder)
    let outputs = try options.head.outputCount(classes: parts.classes)
    var fitting = encoder
    fitting.length = longest
    let classifier = TextClassifier(
      fitting, outputCount: outputs, pooling: options.texts.textPooling ?? .mean,
      dropout: options.head.dropout)
    let task = TextClassification(
      TextPreprocessor(tokenizer, for: encoder, longest: longest),
      classCount: parts.classes.count, loss: outputs.outputsLoss, isBinary: outputs == 1)
    learner = try Learner(
      Model(classifier, name: network.name, classNames: parts.classes), task: task,
      freezing: .allOf(encoder),
      optimizer: options.recipe.makeOptimizer(rate: options.recipe.rate),
      device: options.shared.openDevice(), seed: options.shared.seed)
    (self.parts, backbone) = (parts, network.name)
    hasWeights = encoder.weights != nil
  }

  let hasWeights: Bool
  var classes: [String] { parts.classes }
  var trainingCount: Int { parts.training.count }
  var validationCount: Int { parts.validation?.count ?? 0 }
  var classWeights: [Float] { parts.classWeights }
  var description: [String] { parts.description(noun: Self.noun) }

  func trainingFeed() throws -> BatchLoader {
    try learner.feed(parts.training, classWeights: classWeights)
  }

  func validationFeed() throws -> BatchLoader? {
    try parts.validation.map { try learner.feed($0, classWeights: classWeights) }
  }

  func report(notes: [(label: String, value: String)], to url: URL) async throws {
    if let validation = parts.validation {
      try await learner.report(on: validation, notes: notes, to: url)
    } else {
      try learner.report(notes: notes, to: url)
    }
  }
}

extension Train {
  /// Makes sure that no option is given that only means something for photos.
  func requireNoPictureOptions() throws {
    let given = [
      ("--size", network.size != nil), ("--channels", network.channels != 3),
      ("--source", network.source != nil), ("--fit", pictures.fit != .model),
      ("--pixels", pictures.pixels != .model), ("--decode", pictures.decode != .model),
      ("--pixel-limit", pictures.limit.pixelLimit != nil), ("--augment", data.augment != .none),
      ("--on-bad-image", data.onBadImage != .fail),
      ("--shared-subfolders", data.sharedSubfolders != .fail),
      ("--head-pooling", head.headPooling != .average), ("--head-units", head.headUnits != 0),
      ("--statistics", recipe.statistics != .stored),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw ValidationError(
        "\(option) is for photos, but \(directory) holds texts; leave it out"
          + (option == "--head-pooling" ? ", or give --text-pooling" : ""))
    }
  }
}
