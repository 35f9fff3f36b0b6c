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
  ///
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError`; `WeightMismatch`.
  public func writeKeras(to url: URL) throws {
    let outline = try model.outline()
    let names = outline.kerasLayers(backbone: model.backbone)
    for parameter in outline.parameters {
      let layer = parameter.path.layer
      guard names[layer] != nil else {
        throw ExportError.noKerasLayer(layer, model: model.name)
      }
    }
    let graph = try model.trace(batchSize: 1).specializedForInference().pruned()
    let layers = KerasOrder(graph).sorted(names.map { KerasLayer($0.value, $0.key) })
    try KerasWriter.write(layers, parameters: outline.parameters, to: url, load: value)
  }
}

extension ParameterPath {
  /// The path of the layer that the parameter belongs to.
  var layer: String { description.lastIndex(of: ".").map { String(description[..<$0]) } ?? "" }
}
