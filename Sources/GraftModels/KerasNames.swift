import GraftLayers
import GraftWeights

extension WeightMap {
  /// Keras's names for a model whose layers have Keras's as aliases or paths: `conv1_conv/kernel`.
  static func keras(_ outline: Outline) -> WeightMap {
    var names: [String: String] = [:]
    for endpoint in outline.endpoints {
      guard let layer = endpoint.layer, layer != endpoint.name || endpoint.isLeaf else { continue }
      for parameter in outline.parameters[endpoint.parameters] {
        for variable in parameter.role.kerasVariables {
          names["\(endpoint.name)/\(variable)"] = parameter.path.description
        }
      }
    }
    // A variable without a name is the only one of a layer's class: the scale of channels.
    return WeightMap(
      layout: .keras,
      rules: [
        .expression(#"_layer_scale/variable(_\d+)?$"#, by: "_layer_scale/gamma"), .names(names),
      ])
  }
}

extension ParameterRole {
  /// What Keras's layers call a variable of this role.
  fileprivate var kerasVariables: [String] {
    switch self {
    case .convolutionKernel, .denseKernel, .flattenedDenseKernel: ["kernel"]
    case .depthwiseKernel: ["depthwise_kernel", "kernel"]
    case .bias: ["bias"]
    case .normalizationScale, .channelScale: ["gamma"]
    case .normalizationShift: ["beta"]
    case .runningMean: ["moving_mean"]
    case .runningVariance: ["moving_variance"]
    case .optimizerState: []
    }
  }
}
