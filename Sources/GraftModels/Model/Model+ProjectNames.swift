import GraftGraph
import GraftLayers
import GraftWeights

extension Model {
  /// The name that the network of the project whose weights the backbone has gives each parameter, by
  /// path: torchvision's or timm's.
  ///
  /// A head of mean pooling and one dense layer is what those networks have too, where their classifier
  /// is one layer: it goes by the classifier's name, so that the network loads it as its own. Any other
  /// head keeps its paths. Networks that are ``ProjectNaming`` say it themselves.
  public func projectNames(of outline: Outline) -> [ParameterPath: String] {
    var names: [ParameterPath: String] = [:]
    if let network = network as? any ProjectNaming {
      for parameter in outline.parameters {
        names[parameter.path] = network.projectName(of: parameter.path)
      }
      return names
    }
    for parameter in outline.parameters {
      let path = classifierPath(of: parameter.path)
      names[parameter.path] = projectName(of: path) ?? path.description
    }
    return names
  }

  /// Where the parameter would lie if the head were the backbone's own classifier.
  private func classifierPath(of path: ParameterPath) -> ParameterPath {
    guard let classifier = backbone?.recipe.classifier, classifier.count == 1, hasPlainHead,
      path.description.hasPrefix("head."), let dot = path.description.lastIndex(of: ".")
    else { return path }
    return ParameterPath(classifier[0] + path.description[dot...])
  }

  /// Whether the head is mean pooling and one dense layer with a bias.
  private var hasPlainHead: Bool {
    guard let backbone = layers.first as? Backbone, !backbone.includesTop,
      backbone.pooling != .maximum
    else { return false }
    let head = layers.dropFirst().map { ($0 as? NamedLayer)?.layer ?? $0 }
      .filter { !($0 is GraftLayers.Dropout) }
    let pools = backbone.pooling == nil ? 1 : 0
    return head.count == pools + 1 && head.prefix(pools).allSatisfy { $0 is GlobalAveragePooling }
      && (head.last as? Dense)?.hasBias == true
  }

  /// The name in the project's own files, where that is another.
  private func projectName(of path: ParameterPath) -> String? {
    guard let variant = backbone?.variant, variant.source == .timm else { return nil }
    return variant.weightMaps.first?.fileName(of: path)
  }
}
