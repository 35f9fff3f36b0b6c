import GraftLayers

/// The network of a backbone: what extracts features and what was put on it for its own classes.
public protocol BackboneArchitecture: Sendable {
  /// The endpoints that hold the last map of each size, the largest map first: what heads for
  /// detection and segmentation read.
  var stageNames: [String] { get }

  /// From images (N, height, width, channels) to the last feature map.
  func features(_ input: Symbol, in scope: Scope) -> Symbol

  /// From the last feature map to the logits of the classes (N, ``ClassifierOptions/classCount``).
  func classifier(_ features: Symbol, _ options: ClassifierOptions, in scope: Scope) -> Symbol
}

/// What the user of a backbone decides about its classifier.
public struct ClassifierOptions: Sendable {
  public var classCount: Int
  /// The share of its inputs that the last layer doesn't see in training; the network's own if `nil`.
  public var dropRate: Float?

  /// What is asked of a classifier.
  ///
  /// - Parameters:
  ///   - classCount: The number of its outputs.
  ///   - dropRate: The share of its inputs dropped in training; the network's own if `nil`.
  public init(classCount: Int, dropRate: Float? = nil) {
    (self.classCount, self.dropRate) = (classCount, dropRate)
  }

  /// The dropout before the last layer of a network that usually drops `rate`.
  func dropout(usually rate: Float = 0) -> Dropout { Dropout(dropRate ?? rate) }
}
