public import GraftLayers
public import GraftWeights

/// A network for image classification with all that one must know to use its weights.
///
/// The static values are the networks without their classifier, as needed to learn new classes;
/// calling one gives it other options: `Backbone.resNet50(includesTop: true)`.
public struct Backbone: Layer {
  /// What is done with the last feature map of a backbone without its classifier.
  public enum Pooling: String, Hashable, Sendable, Codable {
    case average, maximum
  }

  public let recipe: Recipe
  public let architecture: any BackboneArchitecture
  /// Whether the classifier is part of the network.
  public var includesTop = false
  /// The number of classes of the classifier.
  public var classCount = 1000
  /// How the last feature map becomes one row (N, channels); not at all if `nil`.
  public var pooling: Pooling?
  /// The size of the images.
  public var inputSize: Extent2D
  /// Where the values of its parameters come from; initial values if `nil`.
  public var weights: WeightAssignment?

  public init(_ recipe: Recipe, _ architecture: any BackboneArchitecture) {
    (self.recipe, self.architecture) = (recipe, architecture)
    inputSize = recipe.inputSize
  }

  /// The name by which users choose it, such as `resnet50`.
  public var name: String { recipe.name }

  /// The same network with other options; what isn't given stays.
  ///
  /// - Parameter inputSize: Height and width of the images, at least ``Recipe/minimumSize``.
  public func callAsFunction(
    includesTop: Bool? = nil, classCount: Int? = nil, pooling: Pooling? = nil,
    inputSize: Extent2D? = nil
  ) -> Backbone {
    var result = self
    result.includesTop = includesTop ?? self.includesTop
    result.classCount = classCount ?? self.classCount
    result.pooling = pooling ?? self.pooling
    result.inputSize = inputSize ?? self.inputSize
    return result
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (size, _) = scope.image(input) else { return input }
    let minimum = recipe.minimumSize
    guard
      scope.require(
        size.height >= minimum && size.width >= minimum,
        "\(name) takes images of at least \(minimum)×\(minimum), not \(size.height)×\(size.width)")
    else { return input }
    let features = architecture.features(input, in: scope)
    if includesTop {
      return architecture.classifier(features, classCount: classCount, in: scope)
    }
    switch pooling {
    case .average: return GlobalAveragePooling()(features, in: scope / "pooled")
    case .maximum: return GlobalMaxPooling()(features, in: scope / "pooled")
    case nil: return features
    }
  }
}
