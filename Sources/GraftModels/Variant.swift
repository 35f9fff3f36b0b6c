public import GraftLayers
public import GraftWeights

/// A backbone as one project trains and stores it: the same layers, but for details that only who
/// knows the weights can know.
public struct Variant: Sendable {
  /// Whose weights it is for.
  public enum Source: String, Hashable, Sendable, CaseIterable, Codable {
    case torchvision, timm, keras
  }

  public var source: Source
  public var architecture: any BackboneArchitecture
  /// The size of the images that the weights were trained on.
  public var inputSize: Extent2D
  /// How names and layouts in files relate to the network's own, beside those of ``source``.
  public var weightMaps: [WeightMap]

  public init(
    _ source: Source, _ architecture: any BackboneArchitecture, inputSize: Extent2D = 224,
    weightMaps: [WeightMap] = []
  ) {
    (self.source, self.architecture) = (source, architecture)
    (self.inputSize, self.weightMaps) = (inputSize, weightMaps)
  }
}
