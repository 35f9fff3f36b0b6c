import GraftLayers
import GraftWeights

extension WeightMap {
  /// The maps for Keras's names of a model: those of its own files, and those of networks in ONNX.
  ///
  /// What the network has no layer for is left out of Keras's files: the optimizer's state, the states
  /// of generators, and layers of a user's own, that is those that are named as no layer of the network
  /// or of its relatives. In ONNX, where most names are made up, only layers that Keras numbered are.
  ///
  /// - Parameter dropsForeignHead: Whether those are taken for a head that is not wanted.
  static func allOfKeras(_ outline: Outline, dropsForeignHead: Bool) -> [WeightMap] {
    var own = keras(outline)
    var exported = [tensorFlowONNX(own.rules), tensorFlowONNX(own.rules, isNumbered: true)]
    own.ignoring += ["^optimizer/", #"(^|/)seed_generator(_\d+)?/"#]
    own.family = KerasLayerFamily(layers: outline.endpoints.map(\.name))
    for stem in ["dense", "batch_normalization", "layer_normalization"]
    where dropsForeignHead && !outline.endpoints.contains(where: { $0.name.isNumbered(stem) }) {
      for index in exported.indices { exported[index].ignoring.append("(^|/)\(stem)(_\\d+)*/") }
    }
    return [own] + exported
  }

  /// The map for files of Keras before 3.6, which names no layers: `layers/conv2d_3/kernel`.
  ///
  /// - Parameter backbone: The whole network, as Keras builds it.
  static func numberedKeras(_ backbone: Backbone) throws -> WeightMap {
    let model = Model(backbone)
    let outline = try model.outline()
    let layers = outline.kerasLayers(
      named: outline.kerasLayers(backbone: backbone),
      submodels: backbone.variant.keras.submodels,
      in: try model.trace(batchSize: 1).specializedForInference().pruned())
    var map = keras(layers, parameters: outline.parameters)
    map.family = KerasLayerFamily(layers: layers.map(\.name))
    return map
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
    case .embedding: ["embeddings"]
    case .optimizerState: []
    }
  }
}
