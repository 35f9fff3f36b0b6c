import Foundation
import GraftData
import GraftModels
import GraftTraining

/// What `model.json` of a bundle says: everything about a model but its weights.
struct BundleManifest: Codable, Sendable {
  /// The network that the model is built on.
  struct BackboneDescription: Codable, Sendable {
    var name: String
    /// Whose way to build it.
    var source: Variant.Source
    var includesTop: Bool
    var classCount: Int
    var pooling: Backbone.Pooling?
    var dropRate: Float?
  }

  /// Grows when older readers could not make sense of newer bundles.
  static let currentVersion = 1

  var formatVersion = Self.currentVersion
  var name: String
  var backbone: BackboneDescription?
  /// The layers after the backbone.
  var head: [LayerDescription]
  var inputHeight: Int
  var inputWidth: Int
  var inputChannels: Int
  var classes: [String]
  var preprocessing: Preprocessing
  var loss: Loss
  var history: History

  init(_ learner: Learner) throws {
    let model = learner.model
    name = model.name
    backbone = model.backbone.map {
      BackboneDescription(
        name: $0.name, source: $0.variant.source, includesTop: $0.includesTop,
        classCount: $0.classCount, pooling: $0.pooling, dropRate: $0.dropRate)
    }
    if let first = model.layers.firstIndex(where: { $0 is Backbone }), first != 0 {
      throw BundleError.undescribable(layer: model.layers[0].kind)
    }
    head = try model.layers.filter { !($0 is Backbone) }.map(LayerDescription.init)
    (inputHeight, inputWidth) = (model.inputSize.height, model.inputSize.width)
    inputChannels = model.inputChannels
    classes = model.classNames
    preprocessing = learner.preprocessing
    loss = learner.loss
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
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// The model without its weights.
  func makeModel() throws -> Model {
    guard formatVersion <= Self.currentVersion else {
      throw BundleError.tooNew(version: formatVersion)
    }
    try preprocessing.validate()
    let size = Extent2D(inputHeight, inputWidth)
    let base = try backbone.map { description in
      try Backbone.named(description.name)(
        includesTop: description.includesTop, classCount: description.classCount,
        pooling: description.pooling, inputSize: size, inputChannels: inputChannels,
        dropRate: description.dropRate, source: description.source)
    }
    let layers = try head.map { try $0.makeLayer() }
    return Model(
      name: name, inputSize: size, inputChannels: inputChannels, classNames: classes
    ) {
      if let base { base }
      layers
    }
  }
}
