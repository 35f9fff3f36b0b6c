public import Foundation
import GraftGraph
import GraftModels
import GraftWeights

/// Whose names and layout a file of weights has.
public enum WeightNames: String, CaseIterable, Sendable {
  /// torchvision's or, with timm's weights, timm's: `layer1.0.conv1.weight`, (out, in, height, width).
  case torch
  /// Keras's: `conv2_block1_1_conv/kernel`, (height, width, in, out).
  case keras
}

extension ModelExport {
  /// Writes all parameters as safetensors, so that the file appears complete or not at all.
  ///
  /// A head of mean pooling and one dense layer goes by the name of the network's own classifier, where
  /// that is one layer: torchvision and timm load the file into their network of as many classes.
  ///
  /// The metadata name the model, its classes (a JSON array) and its preprocessing (JSON).
  ///
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError`.
  public func writeSafetensors(_ names: WeightNames = .torch, to url: URL) throws {
    let tensors: [WritableTensor]
    var metadata = try metadata()
    switch names {
    case .torch:
      let outline = try model.outline()
      let project = model.projectNames(of: outline)
      tensors = WeightMap.torch.writableTensors(
        outline.parameters, named: { project[$0.path] ?? $0.path.description }, load: value
      ).map(inTimmsShape)
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

  /// timm stores scales as vectors, and hidden layers of classifiers as convolutions of one pixel.
  private func inTimmsShape(_ tensor: WritableTensor) -> WritableTensor {
    guard model.backbone?.variant.source == .timm else { return tensor }
    var result = tensor
    if tensor.shape.rank == 3 {
      result.shape = [tensor.shape.count]
    } else if tensor.name == "conv_head.weight", tensor.shape.rank == 2 {
      result.shape = Shape(tensor.shape.extents + [1, 1])
    }
    return result
  }

  /// What a file says about the model in it.
  func metadata() throws -> [String: String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var metadata = ["model": model.name]
    if isOfPictures { metadata["preprocessing"] = try text(preprocessing) }
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
