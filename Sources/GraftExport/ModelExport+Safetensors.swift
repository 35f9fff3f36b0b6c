public import Foundation
import GraftGraph
import GraftModels
import GraftWeights

/// Whose names and layout a file of weights has.
public enum WeightNames: String, CaseIterable, Sendable {
  /// torchvision's or timm's: `layer1.0.conv1.weight`, (out, in, height, width).
  case torch
  /// Keras's: `conv2_block1_1_conv/kernel`, (height, width, in, out).
  case keras
}

extension ModelExport {
  /// Writes all parameters as safetensors, so that the file appears complete or not at all.
  ///
  /// The metadata name the model, its classes (a JSON array) and its preprocessing (JSON).
  ///
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError`.
  public func writeSafetensors(_ names: WeightNames = .torch, to url: URL) throws {
    let tensors: [WritableTensor]
    var metadata = try metadata()
    switch names {
    case .torch:
      tensors = WeightMap.torch.writableTensors(try model.parameters, load: value)
      metadata["format"] = "pt"
    case .keras:
      let outline = try model.outline()
      let keras = try kerasNames(of: outline)
      tensors = WeightMap(layout: .keras).writableTensors(
        try kerasParameters(of: outline), named: { keras[$0.path] ?? $0.path.description },
        load: value)
    }
    try SafetensorsWriter.write(tensors, metadata: metadata, to: url)
  }

  /// What a file says about the model in it.
  func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = ["model": model.name, "preprocessing": try text(preprocessing)]
    if !model.classNames.isEmpty { metadata["classes"] = try text(model.classNames) }
    return metadata
  }

  /// Keras's name of every parameter; layers of a head that Graft named go by that name.
  private func kerasNames(of outline: Outline) throws -> [ParameterPath: String] {
    var names: [ParameterPath: String] = [:]
    let layers = outline.kerasLayers(backbone: model.backbone)
    for parameter in outline.parameters {
      let layer = parameter.kerasLayerPath
      guard let name = layers[layer], let variable = parameter.role.kerasVariable else {
        throw ExportError.noKerasLayer(layer, model: model.name)
      }
      names[parameter.path] = "\(name)/\(variable)"
    }
    return names
  }
}

extension Outline {
  /// Keras's name of every layer with weights that has one, by path.
  func kerasLayers(backbone: Backbone?) -> [String: String] {
    // A network that only Keras has goes by Keras's names.
    let isKeras = backbone?.variants.allSatisfy { $0.source == .keras } ?? true
    var (aliases, paths): ([String: String], [String: String]) = ([:], [:])
    for endpoint in endpoints {
      guard let layer = endpoint.layer, !endpoint.parameters.isEmpty else { continue }
      if layer != endpoint.name {
        aliases[layer] = aliases[layer] ?? endpoint.name
      } else if endpoint.isLeaf, isKeras || layer.hasPrefix("head.") {
        paths[layer] = layer.replacing(".", with: "_")
      }
    }
    return aliases.merging(paths) { alias, _ in alias }
  }
}

extension ParameterRole {
  /// What Keras calls a variable of this role.
  var kerasVariable: String? {
    switch self {
    case .convolutionKernel, .depthwiseKernel, .denseKernel, .flattenedDenseKernel: "kernel"
    case .bias: "bias"
    case .normalizationScale, .channelScale: "gamma"
    case .normalizationShift: "beta"
    case .runningMean: "moving_mean"
    case .runningVariance: "moving_variance"
    default: nil
    }
  }
}
