import Foundation
import GraftData
import GraftLanguage
import GraftModels
import GraftTasks
import GraftTraining

/// What `model.json` of a bundle says: everything about a model but its weights.
///
/// Of chains of layers on pictures the file is a ``PictureManifest``, of other networks and tasks a
/// ``DescribedManifest``.
struct BundleManifest: Sendable {
  /// How the model was being trained: where a learner that opens it goes on.
  struct Training: Codable, Sendable {
    var freezing: FreezePlan.Rule
    var optimizer: Optimizer
    var rates: LayerRates.Rule
    var statistics: NormalizationStatistics
    var l2Penalty: Float
    var seed: UInt64
  }

  /// The model without its weights.
  var model: Model
  /// What it learned, and how its samples become tensors.
  var task: any LearningTask
  /// Unknown of bundles of version 1.
  var training: Training?
  var history: History

  /// What is written down of a learner.
  ///
  /// - Throws: What ``Learner/configuration()`` throws.
  init(_ learner: Learner<some LearningTask>) throws {
    (model, task) = (learner.model, learner.task)
    _ = try learner.configuration()
    training = Training(
      freezing: try learner.freezing.rule(for: model.outline()), optimizer: learner.optimizer,
      rates: learner.rates.rule, statistics: learner.statistics, l2Penalty: learner.l2Penalty,
      seed: learner.seed)
    history = learner.history
  }

  /// What a file says.
  init(model: Model, task: any LearningTask, training: Training?, history: History) {
    (self.model, self.task, self.training, self.history) = (model, task, training, history)
  }

  /// The bytes of `model.json`.
  ///
  /// - Throws: ``BundleError/undescribable(layer:)``; `UndescribableValue` for networks, tasks, losses and
  ///   metrics that are not `Codable`.
  func encoded() throws -> Data {
    guard let pictures = task as? ImageClassification, model.network is Chain else {
      return try Self.encoder.encode(DescribedManifest(self))
    }
    return try Self.encoder.encode(PictureManifest(self, pictures))
  }

  /// Writes losses that became infinite or undefined as words, which JSON has no numbers for.
  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  /// Reads what ``encoder`` wrote.
  private static func decoder(knowing catalogue: Catalogue) -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.userInfo[.catalogue] = Catalogue.graft.adding(catalogue)
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// Reads a manifest of any version.
  ///
  /// - Throws: ``BundleError/tooNew(path:version:)``; ``BundleError/incomplete(_:)``; `DecodingError`.
  static func decode(
    _ data: Data, path: String, knowing catalogue: Catalogue
  ) throws -> BundleManifest {
    let decoder = decoder(knowing: catalogue)
    let version = try decoder.decode(Version.self, from: data).formatVersion
    guard version <= DescribedManifest.version else {
      throw BundleError.tooNew(path: path, version: version)
    }
    return switch version {
    case ..<2:
      try PictureManifest(decoder.decode(PictureManifest.Version1.self, from: data)).manifest()
    case 2:
      try PictureManifest(decoder.decode(PictureManifest.Version2.self, from: data)).manifest()
    case PictureManifest.version:
      try decoder.decode(PictureManifest.self, from: data).manifest()
    default: try decoder.decode(DescribedManifest.self, from: data).manifest()
    }
  }

  private struct Version: Decodable { var formatVersion: Int }

  /// Makes sure that the model could be used and trained further as the manifest says.
  func check(_ outline: Outline) throws {
    try model.checkClassNames()
    try task.check(outline.outputs)
    guard let training else { return }
    let configuration = TrainingConfiguration(
      trainable: try FreezePlan(training.freezing).trainableParameters(of: outline),
      loss: task.loss, optimizer: training.optimizer, statistics: training.statistics,
      l2Penalty: training.l2Penalty)
    try configuration.validate()
    _ = try LayerRates(training.rates).groups(of: outline)
  }
}

extension Catalogue {
  /// What Graft itself brings.
  static let graft = Catalogue([
    CrossEntropy.self, BinaryCrossEntropy.self, MeanSquaredError.self, Accuracy.self,
    ExactMatch.self, MeanAbsoluteError.self, SpanLoss.self, SpanAccuracy.self,
    TextClassifier.self, TextClassification.self, SpanReader.self, QuestionAnswering.self,
    MultiLabel<TextPreprocessor>.self, Regression<TextPreprocessor>.self,
  ])
}
