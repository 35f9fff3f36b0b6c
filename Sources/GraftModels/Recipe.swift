public import GraftLayers
public import GraftWeights

/// What one must know about a backbone beside its layers.
public struct Recipe: Hashable, Sendable {
  /// The name by which users choose it, such as `resnet50`.
  public var name: String
  /// The name for people, such as `ResNet-50`.
  public var title: String
  /// The size of the images that its weights were trained on.
  public var inputSize: Extent2D
  /// The smallest height and width that the network can take without its classifier.
  public var minimumSize: Int
  /// The paths of the classifier's layers: what a model with other classes doesn't take over.
  public var classifier: [String]
  /// How the names of the sources that have weights for it relate to its own; the first that fits
  /// the names in a file is taken.
  public var weightMaps: [WeightMap]

  public init(
    name: String, title: String, inputSize: Extent2D = 224, minimumSize: Int = 32,
    classifier: [String], weightMaps: [WeightMap] = [.torch]
  ) {
    precondition(!weightMaps.isEmpty, "a backbone without a source of weights")
    (self.name, self.title) = (name, title)
    (self.inputSize, self.minimumSize) = (inputSize, minimumSize)
    self.classifier = classifier
    self.weightMaps = weightMaps
  }
}
