public import GraftData
public import GraftLayers
public import GraftWeights

/// A backbone as one project trains and stores it: the same layers, but for details that only who
/// knows the weights can know.
public struct Variant: Sendable {
  /// Whose weights it is for.
  public enum Source: String, Hashable, Sendable, CaseIterable, Codable {
    case torchvision, timm, keras
    /// Caffe's weights as ports to PyTorch store them.
    case caffe
  }

  public var source: Source
  public var architecture: any BackboneArchitecture
  /// The size of the images that the weights were trained on.
  public var inputSize: Extent2D
  /// How names and layouts in files relate to the network's own, beside those of ``source``.
  /// The first one is that of the names that ``source`` itself writes.
  public var weightMaps: [WeightMap]
  /// Regular expressions of what files of the source have in excess.
  public var ignoring: [String]
  /// Regular expressions of the network's parameters that files of the source lack: they keep their
  /// initial values.
  public var lacking: [String]
  /// How pictures become what the weights were trained on.
  public var preprocessing: Preprocessing
  /// How Keras builds the network, for files that it is to read.
  public var keras: KerasStructure

  /// - Parameter preprocessing: By default what the source does for most of its networks.
  public init(
    _ source: Source, _ architecture: any BackboneArchitecture, inputSize: Extent2D = 224,
    weightMaps: [WeightMap] = [], ignoring: [String] = [], lacking: [String] = [],
    preprocessing: Preprocessing? = nil, keras: KerasStructure = KerasStructure()
  ) {
    (self.source, self.architecture) = (source, architecture)
    (self.inputSize, self.weightMaps) = (inputSize, weightMaps)
    (self.ignoring, self.lacking) = (ignoring, lacking)
    self.keras = keras
    self.preprocessing = preprocessing ?? source.usualPreprocessing(size: inputSize.height)
  }
}

/// What Keras builds in another way than layer after layer of the same kind.
public struct KerasStructure: Hashable, Sendable {
  /// The names of models within the model, each an endpoint whose layers lie in it.
  public var submodels: [String]
  /// Whether depthwise convolutions are grouped ones, kernels (height, width, 1, channels).
  public var groupsDepthwise: Bool
  /// A layer of the classifier that Keras's network has even without one: a normalization.
  public var layerWithoutTop: String?

  /// What of a network Keras builds in another way; by default nothing.
  ///
  /// - Parameters:
  ///   - submodels: The names of models within the model.
  ///   - groupsDepthwise: Whether depthwise convolutions are grouped ones.
  ///   - layerWithoutTop: A layer of the classifier that Keras's network has even without one.
  public init(
    submodels: [String] = [], groupsDepthwise: Bool = false, layerWithoutTop: String? = nil
  ) {
    (self.submodels, self.groupsDepthwise) = (submodels, groupsDepthwise)
    self.layerWithoutTop = layerWithoutTop
  }
}

extension Variant.Source {
  /// What the source does to pictures for most of its networks.
  func usualPreprocessing(size: Int) -> Preprocessing {
    let crop = ResizeRule.centreCrop(of: size, percent: 0.875)
    return switch self {
    case .torchvision: .torchvision(size: size, resizeRule: crop)
    case .timm: .torchvision(size: size, resizeRule: crop, interpolation: .bicubic)
    case .keras: .minusOneToOne(size: size)
    case .caffe: .caffe(size: size, resizeRule: crop)
    }
  }
}
