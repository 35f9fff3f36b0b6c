import GraftLayers
import GraftWeights

extension WeightMap {
  /// The maps for Keras's names of a model: those of its own files, and those of networks in ONNX.
  ///
  /// - Parameter dropsForeignHead: Whether layers that Keras numbered and that are none of the
  ///   model's, `dense_3`, are taken for a head that is not wanted.
  static func allOfKeras(_ outline: Outline, dropsForeignHead: Bool) -> [WeightMap] {
    let own = keras(outline)
    var maps = [own, tensorFlowONNX(own.rules), tensorFlowONNX(own.rules, isNumbered: true)]
    if dropsForeignHead {
      for stem in ["dense", "batch_normalization", "layer_normalization"]
      where !outline.endpoints.contains(where: { $0.name.isNumbered(stem) }) {
        for index in maps.indices { maps[index].ignoring.append("(^|/)\(stem)(_\\d+)*/") }
      }
    }
    return maps
  }

  /// The names that tf2onnx gives the kernels and biases of Keras's layers:
  /// `functional_1/block1_conv1_1/convolution/ReadVariableOp:0`.
  ///
  /// - Parameter isNumbered: Whether the layers' names are followed by a number of their own.
  private static func tensorFlowONNX(_ rules: [NameRule], isNumbered: Bool = false) -> WeightMap {
    let layer = #"^(?:.*/)?([^/]+)\#(isNumbered ? #"_\d+"# : "")/"#
    let kernel = "(?:convolution|depthwise|Conv2D|MatMul|Cast)/ReadVariableOp"
    return WeightMap(
      layout: .tensorFlowONNX,
      rules: [
        .expression(#"\#(layer)\#(kernel)(?::0)?$"#, by: "$1/kernel"),
        .expression(#"\#(layer)(?:BiasAdd/ReadVariableOp|Squeeze)(?::0)?$"#, by: "$1/bias"),
      ] + rules,
      // Constants of the graph are no weights: const_fold_opt__98.
      ignoring: [#"^[Cc]onst_[^/]*$"#])
  }

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

extension String {
  /// Whether Keras names a layer of this class so by itself: `dense`, `dense_3`; not `dense_block`.
  fileprivate func isNumbered(_ stem: String) -> Bool {
    self == stem || hasPrefix("\(stem)_") && dropFirst(stem.count + 1).allSatisfy(\.isNumber)
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
