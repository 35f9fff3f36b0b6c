import GraftGraph

/// A layer of Keras and the layer of Graft that is the same.
public struct KerasLayer: Hashable, Sendable {
  /// Keras's name, such as `conv1_conv`.
  public var name: String
  /// Graft's path, such as `conv1`; parameters are below it.
  public var path: String

  public init(_ name: String, _ path: String) {
    self.name = name
    self.path = path
  }
}

extension WeightMap {
  /// Keras's files for a model.
  ///
  /// - Parameters:
  ///   - layers: Every layer that has weights, in the order of Keras's `model.layers`; names that
  ///     Keras makes up itself (`conv2d_3`) are counted from zero.
  ///   - parameters: All parameters of the model.
  public static func keras(_ layers: [KerasLayer], parameters: [Parameter]) -> WeightMap {
    let placed = PlacedKerasLayer.place(layers, parameters)
    var names: [String: String] = [:]
    for layer in placed {
      for (variable, parameter) in layer.variables {
        names[layer.name + "/" + variable] = parameter.path.description
        // Keras before 3.6 does not store names, only the place among the layers of a class.
        names["layers/" + layer.group + "/" + variable] = parameter.path.description
      }
    }
    return WeightMap(
      layout: .keras, rules: [.names(names)],
      ignoring: ["^optimizer/", "(^|/)seed_generator(_\\d+)?/", "^compile_metrics/"])
  }
}

/// A layer with its place in a file of Keras 3.
struct PlacedKerasLayer {
  let name: String
  /// The group within `layers`: the class and, from the second on, a number.
  let group: String
  /// In the order in which Keras numbers them.
  let variables: [(name: String, parameter: Parameter)]

  static func place(_ layers: [KerasLayer], _ parameters: [Parameter]) -> [PlacedKerasLayer] {
    var below: [String: [Parameter]] = [:]
    for parameter in parameters {
      let path = parameter.path.description
      below[path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "", default: []]
        .append(parameter)
    }
    var counts: [KerasLayerClass: Int] = [:]
    return layers.compactMap { layer in
      let parameters = below[layer.path] ?? []
      guard let kind = KerasLayerClass(parameters.map(\.role)) else { return nil }
      let number = counts[kind, default: 0]
      counts[kind] = number + 1
      let variables = kind.variables(count: 4).compactMap { name in
        parameters.first { $0.role.kerasVariable == name }.map { (name, $0) }
      }
      return PlacedKerasLayer(
        name: layer.name, group: number == 0 ? kind.rawValue : "\(kind.rawValue)_\(number)",
        variables: variables)
    }
  }
}

extension KerasLayerClass {
  /// The class of a layer whose parameters have these roles.
  fileprivate init?(_ roles: [ParameterRole]) {
    if roles.contains(.convolutionKernel) {
      self = .convolution
    } else if roles.contains(.depthwiseKernel) {
      self = .depthwiseConvolution
    } else if roles.contains(.runningMean) {
      self = .batchNormalization
    } else if roles.contains(.normalizationScale) {
      self = .layerNormalization
    } else if roles.contains(where: { $0.kerasVariable == "kernel" }) {
      self = .dense
    } else {
      return nil
    }
  }
}

extension ParameterRole {
  /// What Keras calls a variable of this role.
  fileprivate var kerasVariable: String? {
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
