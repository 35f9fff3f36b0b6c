import GraftGraph
import GraftLayers
import GraftWeights

extension Outline {
  /// Keras's name of every layer with weights that has one, by path.
  package func kerasLayers(backbone: Backbone?) -> [String: String] {
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

  /// Every layer with weights in the order of Keras's `model.layers`.
  ///
  /// - Parameters:
  ///   - names: Keras's names of the layers, by path.
  ///   - submodels: The endpoints whose layers lie in a model within the model.
  ///   - graph: What the outline is of, as it predicts.
  package func kerasLayers(
    named names: [String: String], submodels: [String], in graph: Graph
  ) -> [KerasLayer] {
    let submodels = endpoints.filter { submodels.contains($0.name) }
    let layers = names.map { path, name in
      KerasLayer(
        name, path,
        in: submodels.first { path.hasPrefix("\($0.layer ?? $0.name).") }?.name)
    }
    return KerasOrder(graph).sorted(layers)
  }
}
