import GraftModels

/// A layer as a bundle writes it down.
struct LayerDescription: Codable, Hashable, Sendable {
  /// The kind of layer; the further properties are those that it has.
  enum Kind: String, Codable {
    case backbone, sequential
    case globalAveragePooling, globalMaxPooling, flatten, dropout, dense, batchNormalization
    case softmax, activation
  }
  /// A network that Graft knows.
  struct BackboneDescription: Codable, Hashable, Sendable {
    var name: String
    /// Whose way to build it.
    var source: Variant.Source
    var includesTop: Bool
    var classCount: Int
    var pooling: Backbone.Pooling?
    var dropRate: Float?
    /// Those of the model's images unless it says so.
    var inputChannels: Int?
  }
  var layer: Kind
  /// A name that its user chose.
  var name: String?
  var units: Int?
  var rate: Float?
  var activation: String?
  var slope: Float?
  var hasBias: Bool?
  /// Whether the units become probabilities; `nil` for no.
  var endsInSoftmax: Bool?
  var epsilon: Float?
  var momentum: Float?
  var tracksUnbiasedVariance: Bool?
  var backbone: BackboneDescription?
  /// The layers of a sequence.
  var layers: [LayerDescription]?

  init(_ backbone: BackboneDescription) { (layer, self.backbone) = (.backbone, backbone) }

  /// - Throws: ``BundleError/undescribable(layer:)`` for a layer that only code can describe.
  init(_ described: any Layer) throws {
    switch described {
    case let named as NamedLayer:
      self = try LayerDescription(named.layer)
      name = named.name
    case let base as Backbone:
      guard (try? Backbone.named(base.name)) != nil else {
        throw BundleError.undescribable(layer: base.name)
      }
      self = LayerDescription(
        BackboneDescription(
          name: base.name, source: base.variant.source, includesTop: base.includesTop,
          classCount: base.classCount, pooling: base.pooling, dropRate: base.dropRate,
          inputChannels: base.inputChannels))
    case let sequence as Sequential:
      layer = .sequential
      layers = try sequence.layers.map(LayerDescription.init)
    case is GlobalAveragePooling: layer = .globalAveragePooling
    case is GlobalMaxPooling: layer = .globalMaxPooling
    case is Flatten: layer = .flatten
    case is GraftLayers.Softmax: layer = .softmax
    case let dropout as GraftLayers.Dropout: (layer, rate) = (.dropout, dropout.rate)
    case let dense as Dense:
      (layer, units, hasBias) = (.dense, dense.units, dense.hasBias)
      set(dense.activation)
      endsInSoftmax = dense.scoreFunction == .softmax ? true : nil
    case let normalization as GraftLayers.BatchNormalization:
      (layer, epsilon) = (.batchNormalization, normalization.epsilon)
      momentum = normalization.momentum
      tracksUnbiasedVariance = normalization.tracksUnbiasedVariance
      set(normalization.activation)
    case let activation as ActivationLayer:
      layer = .activation
      set(activation.activation)
    default: throw BundleError.undescribable(layer: described.kind)
    }
  }

  /// The layer described, in a model of such images.
  ///
  /// - Throws: ``BundleError/incomplete(_:)`` where a property is missing or unknown; ``ModelError``
  ///   for a backbone that Graft doesn't know.
  func makeLayer(inputSize: Extent2D, inputChannels: Int) throws -> any Layer {
    let made: any Layer
    switch layer {
    case .backbone:
      let base = try require(backbone, "backbone")
      made = try Backbone.named(base.name)(
        includesTop: base.includesTop, classCount: base.classCount, pooling: base.pooling,
        inputSize: inputSize, inputChannels: base.inputChannels ?? inputChannels,
        dropRate: base.dropRate, source: base.source)
    case .sequential:
      made = Sequential(
        try require(layers, "layers").map {
          try $0.makeLayer(inputSize: inputSize, inputChannels: inputChannels)
        })
    case .globalAveragePooling: made = GlobalAveragePooling()
    case .globalMaxPooling: made = GlobalMaxPooling()
    case .flatten: made = Flatten()
    case .softmax: made = GraftLayers.Softmax()
    case .dropout: made = GraftLayers.Dropout(try require(rate, "rate"))
    case .dense:
      var dense = Dense(
        try require(units, "units"), activation: try makeActivation(), hasBias: hasBias ?? true)
      dense.scoreFunction = endsInSoftmax == true ? .softmax : nil
      made = dense
    case .batchNormalization:
      made = GraftLayers.BatchNormalization(
        epsilon: try require(epsilon, "epsilon"), momentum: momentum ?? 0.9,
        activation: try makeActivation(), tracksUnbiasedVariance: tracksUnbiasedVariance)
    case .activation: made = ActivationLayer(try require(makeActivation(), "activation"))
    }
    return name.map { made.named($0) } ?? made
  }

  private func require<Property>(_ property: Property?, _ name: String) throws -> Property {
    guard let property else {
      throw BundleError.incomplete("the \(layer.rawValue) layer has no \(name)")
    }
    return property
  }

  private mutating func set(_ activation: Activation?) {
    self.activation = activation.flatMap { value in
      Self.activations.first { $0.value == value }?.key
    }
    if case .leakyReLU(let slope)? = activation {
      (self.activation, self.slope) = ("leakyReLU", slope)
    }
  }

  private func makeActivation() throws -> Activation? {
    guard let activation else { return nil }
    if activation == "leakyReLU" { return .leakyReLU(slope: try require(slope, "slope")) }
    guard let known = Self.activations[activation] else {
      throw BundleError.incomplete("there is no activation '\(activation)'")
    }
    return known
  }

  private static let activations: [String: Activation] = [
    "relu": .relu, "relu6": .relu6, "sigmoid": .sigmoid, "tanh": .tanh, "silu": .silu,
    "hardSigmoid": .hardSigmoid, "hardSwish": .hardSwish, "gelu": .gelu,
  ]
}
