import Foundation
import GraftData
import GraftModels
import GraftTasks
import GraftTraining

/// What `model.json` of a bundle says: everything about a model but its weights.
struct BundleManifest: Codable, Sendable {
  /// How the model was being trained: where a learner that opens it goes on.
  struct Training: Codable, Sendable {
    var freezing: FreezePlan.Rule
    var optimizer: Optimizer
    var rates: LayerRates.Rule
    var statistics: NormalizationStatistics
    var l2Penalty: Float
    var seed: UInt64
  }

  /// Grows when older readers could not make sense of newer bundles.
  static let currentVersion = 3

  var formatVersion = Self.currentVersion
  var name: String
  /// All layers in order, backbones among them.
  var layers: [LayerDescription]
  var inputHeight: Int
  var inputWidth: Int
  var inputChannels: Int
  var classes: [String]
  var preprocessing: Preprocessing
  var loss: Described<any Loss>
  /// Unknown of bundles of version 1.
  var training: Training?
  var history: History

  /// - Throws: ``BundleError/undescribable(layer:)``; what ``Learner/configuration()`` throws.
  init(_ learner: Learner<ImageClassification>) throws {
    let model = learner.model
    name = model.name
    layers = try model.layers.map(LayerDescription.init)
    (inputHeight, inputWidth) = (model.inputSize.height, model.inputSize.width)
    inputChannels = model.inputChannels
    classes = model.classNames
    preprocessing = learner.preprocessing
    loss = Described(wrappedValue: learner.loss)
    _ = try learner.configuration()
    training = Training(
      freezing: try learner.freezing.rule(for: model.outline()), optimizer: learner.optimizer,
      rates: learner.rates.rule, statistics: learner.statistics, l2Penalty: learner.l2Penalty,
      seed: learner.seed)
    history = learner.history
  }

  /// Writes losses that became infinite or undefined as words, which JSON has no numbers for.
  static var encoder: JSONEncoder {
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

  /// Reads a manifest of this version or an older one.
  ///
  /// - Throws: ``BundleError/tooNew(path:version:)``; `DecodingError`.
  static func decode(
    _ data: Data, path: String, knowing catalogue: Catalogue
  ) throws -> BundleManifest {
    let decoder = decoder(knowing: catalogue)
    let version = try decoder.decode(Version.self, from: data).formatVersion
    guard version <= currentVersion else {
      throw BundleError.tooNew(path: path, version: version)
    }
    return switch version {
    case ..<2: BundleManifest(try decoder.decode(Version1.self, from: data))
    case 2: BundleManifest(try decoder.decode(Version2.self, from: data))
    default: try decoder.decode(BundleManifest.self, from: data)
    }
  }

  private struct Version: Decodable { var formatVersion: Int }

  /// The model without its weights.
  func makeModel() throws -> Model {
    try preprocessing.validate()
    let size = Extent2D(inputHeight, inputWidth)
    let made = try layers.map { try $0.makeLayer(inputSize: size, inputChannels: inputChannels) }
    let model = Model(
      name: name, inputSize: size, inputChannels: inputChannels, classNames: classes
    ) { made }
    try model.checkClassNames()
    return model
  }

  /// Makes sure that the model could be trained further as the manifest says.
  func checkTraining(of outline: Outline) throws {
    guard let training else { return }
    let configuration = TrainingConfiguration(
      trainable: try FreezePlan(training.freezing).trainableParameters(of: outline),
      loss: loss.wrappedValue,
      optimizer: training.optimizer, statistics: training.statistics,
      l2Penalty: training.l2Penalty)
    try configuration.validate()
    _ = try LayerRates(training.rates).groups(of: outline)
  }
}

extension BundleManifest {
  /// A manifest that knows three losses.
  fileprivate struct Version2: Decodable {
    var name: String
    var layers: [LayerDescription]
    var inputHeight: Int
    var inputWidth: Int
    var inputChannels: Int
    var classes: [String]
    var preprocessing: Preprocessing
    var loss: OldLoss
    var training: Training?
    var history: History
  }

  fileprivate init(_ old: Version2) {
    (name, layers) = (old.name, old.layers)
    (inputHeight, inputWidth) = (old.inputHeight, old.inputWidth)
    (inputChannels, classes) = (old.inputChannels, old.classes)
    (preprocessing, loss, history) = (old.preprocessing, old.loss.described, old.history)
    training = old.training
  }

  /// How losses were written down before they could be of any type.
  fileprivate enum OldLoss: Decodable {
    case crossEntropy(smoothing: Float)
    case binaryCrossEntropy
    case meanSquaredError

    var described: Described<any Loss> {
      switch self {
      case .crossEntropy(let smoothing):
        Described(wrappedValue: CrossEntropy(smoothing: smoothing))
      case .binaryCrossEntropy: Described(wrappedValue: BinaryCrossEntropy())
      case .meanSquaredError: Described(wrappedValue: MeanSquaredError())
      }
    }
  }

  /// A manifest that knows one backbone, the layers after it, and nothing of training.
  fileprivate struct Version1: Decodable {
    var name: String
    var backbone: LayerDescription.BackboneDescription?
    var head: [LayerDescription]
    var inputHeight: Int
    var inputWidth: Int
    var inputChannels: Int
    var classes: [String]
    var preprocessing: Preprocessing
    var loss: OldLoss
    var history: History
  }

  fileprivate init(_ old: Version1) {
    name = old.name
    layers = (old.backbone.map { [LayerDescription($0)] } ?? []) + old.head
    (inputHeight, inputWidth) = (old.inputHeight, old.inputWidth)
    (inputChannels, classes) = (old.inputChannels, old.classes)
    (preprocessing, loss, history) = (old.preprocessing, old.loss.described, old.history)
  }
}

extension Catalogue {
  /// What Graft itself brings.
  static let graft = Catalogue([
    CrossEntropy.self, BinaryCrossEntropy.self, MeanSquaredError.self, Accuracy.self,
    ExactMatch.self, MeanAbsoluteError.self, SpanLoss.self, SpanAccuracy.self,
  ])
}
