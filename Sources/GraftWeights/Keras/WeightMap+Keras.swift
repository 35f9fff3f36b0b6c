import GraftGraph

/// A layer of Keras and the layer of Graft that is the same.
public struct KerasLayer: Hashable, Sendable {
  /// Keras's name, such as `conv1_conv`.
  public var name: String
  /// Graft's path, such as `conv1`; parameters are below it.
  public var path: String
  /// Keras's name of the model within the model that the layer lies in, if it lies in one.
  public var submodel: String?

  /// Keras's `name` for what is at `path` in Graft.
  public init(_ name: String, _ path: String, in submodel: String? = nil) {
    self.name = name
    self.path = path
    self.submodel = submodel
  }
}

extension Parameter {
  /// The path of the layer that Keras keeps the parameter in.
  package var kerasLayerPath: String {
    // A scale of channels is a layer of its own.
    role == .channelScale ? path.description : path.layer
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
  /// The group within `layers`: the class and, from the second on, a number; in a model within the
  /// model, after that one's.
  let group: String
  /// In the order in which Keras numbers them.
  let variables: [(name: String, parameter: Parameter)]

  static func place(_ layers: [KerasLayer], _ parameters: [Parameter]) -> [PlacedKerasLayer] {
    let below = Dictionary(grouping: parameters, by: \.kerasLayerPath)
    var places = GroupPlaces()
    return layers.compactMap { layer in
      let parameters = below[layer.path] ?? []
      guard let kind = KerasLayerClass(parameters.map(\.role)) else { return nil }
      let variables = kind.variables(count: 4).compactMap { name in
        parameters.first { $0.role.kerasVariable == name }.map { (name, $0) }
      }
      return PlacedKerasLayer(
        name: layer.name, group: places.next(of: kind.rawValue, in: layer.submodel),
        variables: variables)
    }
  }
}

/// Counts the groups of layers, per class and in every model within the model anew.
private struct GroupPlaces {
  private var counts: [String: Int] = [:]
  private var submodels: [String: String] = [:]

  mutating func next(of kind: String, in submodel: String?) -> String {
    guard let submodel else { return numbered(kind) }
    let group = submodels[submodel] ?? numbered("sequential")
    submodels[submodel] = group
    return numbered("\(group)/layers/\(kind)")
  }

  private mutating func numbered(_ group: String) -> String {
    let number = counts[group, default: 0]
    counts[group] = number + 1
    return number == 0 ? group : "\(group)_\(number)"
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
    } else if roles.contains(.channelScale) {
      self = .layerScale
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
