public import Foundation
import GraftGraph
import GraftModels
import GraftWeights

extension ModelExport {
  /// Writes all parameters as `.weights.h5`, which `load_weights` of Keras 3 reads into the same
  /// model, so that the file appears complete or not at all.
  ///
  /// A backbone with or without its classifier is that of `keras.applications`, whose weights it
  /// must have or be built for (`source: .keras`); other paddings and epsilons give other results.
  /// Where that network begins by normalizing pixels, the file tells it by the model's preprocessing.
  ///
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError`; `WeightMismatch`.
  public func writeKeras(to url: URL) throws {
    if let layer = kerasStructure.layerWithoutTop, let backbone = model.backbone,
      !backbone.includesTop
    {
      throw ExportError.endsInKeras(layer, model: backbone.name)
    }
    let outline = try model.outline()
    let names = outline.kerasLayers(backbone: model.backbone)
    let parameters = try kerasParameters(of: outline)
    for layer in parameters.map(\.kerasLayerPath) where names[layer] == nil {
      throw ExportError.noKerasLayer(layer, model: model.name)
    }
    let graph = try model.trace(batchSize: 1).specializedForInference().pruned()
    let layers = outline.kerasLayers(
      named: names, submodels: kerasStructure.submodels, in: graph)
    try KerasWriter.write(
      layers, parameters: parameters, normalization: pixelNormalization, to: url, load: value)
  }

  private var kerasStructure: KerasStructure {
    model.backbone?.variants.first { $0.source == .keras }?.keras ?? KerasStructure()
  }

  /// The parameters that Keras's network has too, as it has them.
  ///
  /// - Throws: ``ExportError/notInKeras(_:)`` where another one has an effect.
  func kerasParameters(of outline: Outline) throws -> [Parameter] {
    let lacking = model.backbone?.variant.lacking ?? []
    return try outline.parameters.filter { parameter in
      let path = parameter.path.description
      guard lacking.contains(where: { path.range(of: $0, options: .regularExpression) != nil })
      else { return true }
      guard case .constant(let neutral) = parameter.initializer,
        try value(of: parameter).allSatisfy({ $0 == neutral })
      else { throw ExportError.notInKeras(path) }
      return false
    }.map { parameter in
      var parameter = parameter
      if kerasStructure.groupsDepthwise, parameter.role == .depthwiseKernel {
        parameter.role = .convolutionKernel
      }
      return parameter
    }
  }

  /// What the first layer of Keras's network, if it normalizes pixels of 0 to 1, does to each channel.
  private var pixelNormalization: (mean: [Float], variance: [Float])? {
    let variable = "normalization/mean"
    let ignored = model.backbone?.variant.ignoring ?? []
    guard ignored.contains(where: { variable.range(of: $0, options: .regularExpression) != nil })
    else { return nil }
    return (
      preprocessing.mean.map { Float($0) },
      preprocessing.standardDeviation.map { Float($0 * $0) }
    )
  }
}
