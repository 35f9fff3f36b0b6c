import ArgumentParser
import Foundation
import Graft

/// Training on folders of photos.
struct PictureTraining: TrainingSubject {
  static let noun = "photos"
  static let unit = "images"

  let learner: Learner<ImageClassification>
  let backbone: String
  private let parts: TrainingParts<ImageFolder>
  private let augmentation: DataOptions.AugmentationName
  let skippedCount: Int

  init(_ options: Train, terminal: Terminal) async throws {
    try options.texts.requireNone(for: options.directory)
    let listed = try ListedPhotos(options)
    for notice in listed.notices { terminal.say("\(notice)") }
    let base = try await options.network.makeBackbone(terminal: terminal)
    let (training, validation, skipped) = try listed.checked(
      options, preparedBy: options.pictures.adjusted(Model(base).preprocessing))
    let parts = try TrainingParts(training: training, validation: validation, options.data)
    for error in skipped { terminal.say("skipped \(error)") }
    let outputs = try options.head.outputCount(classes: parts.classes)
    let model = Model(classNames: parts.classes) {
      base
      options.head.layers(outputs: outputs)
    }
    learner = try Learner(
      model, freezing: .allOf(base), loss: outputs.outputsLoss,
      optimizer: options.recipe.makeOptimizer(rate: options.recipe.rate),
      preprocessing: options.pictures.adjusted(model.preprocessing),
      device: options.shared.openDevice(), seed: options.shared.seed)
    learner.statistics = options.recipe.statistics
    (self.parts, skippedCount) = (parts, skipped.count)
    (backbone, augmentation) = (options.network.backbone, options.data.augment)
  }

  var hasWeights: Bool { learner.model.backbone?.weights != nil }
  var classes: [String] { parts.classes }
  var trainingCount: Int { parts.training.count }
  var validationCount: Int { parts.validation?.count ?? 0 }
  var classWeights: [Float] { parts.classWeights }
  var description: [String] { parts.description(noun: Self.noun) }

  func trainingFeed() throws -> BatchLoader {
    let training: any ClassifiedDataset<Image> =
      augmentation == .mirror ? MirroredDataset(parts.training) : parts.training
    return try learner.feed(
      training, augmentation: augmentation.augmentation, classWeights: classWeights)
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
