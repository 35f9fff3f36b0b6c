public import GraftLayers

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

  public init(
    name: String, title: String, inputSize: Extent2D = 224, minimumSize: Int = 32,
    classifier: [String]
  ) {
    (self.name, self.title) = (name, title)
    (self.inputSize, self.minimumSize) = (inputSize, minimumSize)
    self.classifier = classifier
  }
}
