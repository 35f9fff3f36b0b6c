/// What one must know about a backbone beside its layers, whoever's weights it has.
public struct Recipe: Hashable, Sendable {
  /// The name by which users choose it, such as `resnet50`.
  public var name: String
  /// The name for people, such as `ResNet-50`.
  public var title: String
  /// The smallest height and width that the network can take without its classifier.
  public var minimumSize: Int
  /// The paths of the classifier's layers: what a model with other classes doesn't take over.
  public var classifier: [String]

  /// What one must know about a backbone.
  ///
  /// - Parameters:
  ///   - name: By which users choose it.
  ///   - title: For people.
  ///   - minimumSize: The smallest height and width of images, in pixels.
  ///   - classifier: The paths of the classifier's layers.
  public init(name: String, title: String, minimumSize: Int = 32, classifier: [String]) {
    (self.name, self.title) = (name, title)
    (self.minimumSize, self.classifier) = (minimumSize, classifier)
  }
}
