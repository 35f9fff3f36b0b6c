import GraftData
import GraftModels
import GraftTasks
import GraftTraining

/// `model.json` of a chain of layers that tells classes of pictures.
struct PictureManifest: Codable, Sendable {
  static let version = 3

  var formatVersion = Self.version
  var name: String
  /// All layers in order, backbones among them.
  var layers: [LayerDescription]
  var inputHeight: Int
  var inputWidth: Int
  var inputChannels: Int
  var classes: [String]
  var preprocessing: Preprocessing
  var loss: Described<any Loss>
  var training: BundleManifest.Training?
  var history: History

  /// - Throws: ``BundleError/undescribable(layer:)``.
  init(_ manifest: BundleManifest, _ task: ImageClassification) throws {
    let model = manifest.model
    name = model.name
    layers = try model.layers.map(LayerDescription.init)
    (inputHeight, inputWidth) = (model.inputSize.height, model.inputSize.width)
    inputChannels = model.inputChannels
    classes = model.classNames
    preprocessing = task.inputs.preprocessing
    loss = Described(wrappedValue: task.loss)
    (training, history) = (manifest.training, manifest.history)
  }

  /// - Throws: ``BundleError/incomplete(_:)``; ``ModelError`` for a backbone that Graft doesn't know;
  ///   `GraphError`; where the preprocessing makes no sense.
  func manifest() throws -> BundleManifest {
    try preprocessing.validate()
    let size = Extent2D(inputHeight, inputWidth)
    let made = try layers.map { try $0.makeLayer(inputSize: size, inputChannels: inputChannels) }
    let model = Model(
      name: name, inputSize: size, inputChannels: inputChannels, classNames: classes
    ) { made }
    return BundleManifest(
      model: model,
      task: try ImageClassification(
        for: model, preprocessing: preprocessing, loss: loss.wrappedValue),
      training: training, history: history)
  }
}

extension PictureManifest {
  /// A manifest that knows three losses.
  struct Version2: Decodable {
    var name: String
    var layers: [LayerDescription]
    var inputHeight: Int
    var inputWidth: Int
    var inputChannels: Int
    var classes: [String]
    var preprocessing: Preprocessing
    var loss: OldLoss
    var training: BundleManifest.Training?
    var history: History
  }

  init(_ old: Version2) {
    (name, layers) = (old.name, old.layers)
    (inputHeight, inputWidth) = (old.inputHeight, old.inputWidth)
    (inputChannels, classes) = (old.inputChannels, old.classes)
    (preprocessing, loss, history) = (old.preprocessing, old.loss.described, old.history)
    training = old.training
  }

  /// How losses were written down before they could be of any type.
  enum OldLoss: Decodable {
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
  struct Version1: Decodable {
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

  init(_ old: Version1) {
    name = old.name
    layers = (old.backbone.map { [LayerDescription($0)] } ?? []) + old.head
    (inputHeight, inputWidth) = (old.inputHeight, old.inputWidth)
    (inputChannels, classes) = (old.inputChannels, old.classes)
    (preprocessing, loss, history) = (old.preprocessing, old.loss.described, old.history)
  }
}
