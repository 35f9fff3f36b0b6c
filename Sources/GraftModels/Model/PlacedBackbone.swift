import GraftLayers
public import GraftWeights

/// A backbone and where it stands in a model.
public struct PlacedBackbone: Sendable {
  public let backbone: Backbone
  /// What the paths of its parameters begin with; empty at the top.
  public let path: String
  /// The positions of its parameters among all of the model.
  public let parameters: Range<Int>

  /// Where a part was traced; `nil` where it is no backbone.
  init?(_ part: TracedPart) {
    guard let backbone = part.layer as? Backbone else { return nil }
    self.backbone = backbone
    (path, parameters) = (part.path, part.parameters)
  }

  /// The values that the backbone brings, by the paths that its parameters have in the model.
  public var tensors: [ParameterPath: AssignedTensor] {
    let tensors = backbone.weights?.tensors ?? [:]
    guard !path.isEmpty else { return tensors }
    return Dictionary(
      uniqueKeysWithValues: tensors.map { (ParameterPath("\(path).\($0.key)"), $0.value) })
  }
}

extension Outline {
  /// The values that backbones bring, wherever they stand, by the paths of the model's parameters.
  ///
  /// - Throws: ``ModelError/otherShape(_:model:expected:found:)`` where a tensor isn't of its
  ///   parameter's shape, as where the backbone is given images of other channels.
  public func pretrainedTensors() throws(ModelError) -> [ParameterPath: AssignedTensor] {
    var result: [ParameterPath: AssignedTensor] = [:]
    for placed in backbones {
      let tensors = placed.tensors
      for parameter in parameters[placed.parameters] {
        guard let tensor = tensors[parameter.path] else { continue }
        guard tensor.shape == parameter.type.shape else {
          throw .otherShape(
            parameter.path, model: name, expected: parameter.type.shape, found: tensor.shape)
        }
        result[parameter.path] = tensor
      }
    }
    return result
  }

  /// The parameters that stand after the last backbone, or all where there is none.
  public var headParameters: [Parameter] {
    Array(parameters[(backbones.map(\.parameters.upperBound).max() ?? 0)...])
  }

  /// The positions of the parameters of each backbone of a name, or of all.
  ///
  /// - Throws: ``ModelError/noBackbone(model:)`` where there is none.
  func backboneRanges(named wanted: String? = nil) throws(ModelError) -> [Range<Int>] {
    let ranges = backbones.filter { wanted == nil || $0.backbone.name == wanted }.map(\.parameters)
    guard !ranges.isEmpty else { throw .noBackbone(model: name) }
    return ranges
  }
}

extension Layer {
  /// The first backbone that the layer is or holds, as far as its values tell.
  var heldBackbone: Backbone? {
    switch self {
    case let backbone as Backbone: backbone
    case let named as NamedLayer: named.layer.heldBackbone
    case let aliased as AliasedLayer: aliased.layer.heldBackbone
    case let sequence as Sequential: sequence.layers.lazy.compactMap(\.heldBackbone).first
    default: nil
    }
  }
}
