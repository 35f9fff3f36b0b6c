import GraftLayers
public import GraftWeights

/// A part that may bring weights, and where it stands in a model.
public struct PlacedPart: Sendable {
  public let part: any Pretrained
  /// What the paths of its parameters begin with; empty at the top.
  public let path: String
  /// The positions of its parameters among all of the model.
  public let parameters: Range<Int>

  /// Where a part was traced; `nil` where it brings no weights.
  init?(_ traced: TracedPart) {
    guard let part = traced.part as? any Pretrained else { return nil }
    self.part = part
    (path, parameters) = (traced.path, traced.parameters)
  }

  /// The values that the part brings, by the paths that its parameters have in the model.
  public var tensors: [ParameterPath: AssignedTensor] {
    let tensors = part.weights?.tensors ?? [:]
    guard !path.isEmpty else { return tensors }
    return Dictionary(
      uniqueKeysWithValues: tensors.map { (ParameterPath("\(path).\($0.key)"), $0.value) })
  }
}

/// A backbone and where it stands in a model.
public struct PlacedBackbone: Sendable {
  public let backbone: Backbone
  /// What the paths of its parameters begin with; empty at the top.
  public let path: String
  /// The positions of its parameters among all of the model.
  public let parameters: Range<Int>

  init?(_ placed: PlacedPart) {
    guard let backbone = placed.part as? Backbone else { return nil }
    self.backbone = backbone
    (path, parameters) = (placed.path, placed.parameters)
  }
}

extension Outline {
  /// The values that backbones and other parts bring, wherever they stand, by the paths of the model's parameters.
  ///
  /// - Throws: ``ModelError/otherShape(_:model:expected:found:)`` where a tensor isn't of its
  ///   parameter's shape, as where the backbone is given images of other channels.
  public func pretrainedTensors() throws(ModelError) -> [ParameterPath: AssignedTensor] {
    var result: [ParameterPath: AssignedTensor] = [:]
    for placed in parts {
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
    Array(parameters[(parts.map(\.parameters.upperBound).max() ?? 0)...])
  }

  /// The name of the last part where the model has nothing after it that learns, and the part itself
  /// tells no classes: all that the model gives are its features.
  package var bareFeatures: String? {
    guard let part = parts.last?.part, headParameters.isEmpty else { return nil }
    return (part as? Backbone)?.includesTop == true ? nil : part.name
  }

  /// The positions of the parameters of each backbone of a name, or of all.
  ///
  /// - Throws: ``ModelError/noBackbone(model:)`` where there is none.
  func backboneRanges(named wanted: String? = nil) throws(ModelError) -> [Range<Int>] {
    let ranges = parts.filter { wanted == nil || $0.part.name == wanted }.map(\.parameters)
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
