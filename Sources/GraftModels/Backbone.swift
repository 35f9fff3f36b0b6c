public import GraftLayers
public import GraftWeights

/// A network for image classification with all that one must know to use its weights.
///
/// The static values are the networks without their classifier, as needed to learn new classes;
/// calling one gives it other options: `Backbone.resNet50(includesTop: true)`.
public struct Backbone: Layer {
  /// How the last feature map of a backbone becomes the row `pooled`.
  public enum Pooling: String, Hashable, Sendable, Codable {
    case average, maximum
  }

  public let recipe: Recipe
  /// The network as the projects that publish weights for it build it, the usual one first.
  public let variants: [Variant]
  /// The one that is built.
  public private(set) var variant: Variant
  /// Whether the classifier is part of the network.
  public var includesTop = false
  /// The number of classes of the classifier.
  public var classCount = 1000
  /// The share of its inputs that the classifier drops in training; the network's own if `nil`.
  public var dropRate: Float?
  /// How the last feature map becomes the row `pooled`, (N, channels); not at all if `nil`.
  ///
  /// Without the classifier the row is the result. With it, it can be read beside the classes.
  public var pooling: Pooling?
  /// The size of the images.
  public var inputSize: Extent2D
  /// The channels of the images: where they aren't three, published weights are adapted.
  public var inputChannels = 3
  /// Where the values of its parameters come from; initial values if `nil`.
  public var weights: WeightAssignment?

  /// A network as one or more projects build it, the usual way first.
  public init(_ recipe: Recipe, _ usual: Variant, _ others: Variant...) {
    self.recipe = recipe
    variants = [usual] + others
    variant = usual
    inputSize = usual.inputSize
  }

  /// The name by which users choose it, such as `resnet50`.
  public var name: String { recipe.name }

  /// The same network with other options; what isn't given stays.
  ///
  /// - Parameters:
  ///   - inputSize: Height and width of the images, at least ``Recipe/minimumSize``.
  ///   - inputChannels: The channels of the images; see ``loading(_:keepsClassifier:under:)``.
  ///   - source: Whose way to build it; ignored where that project has none of the name.
  public func callAsFunction(
    includesTop: Bool? = nil, classCount: Int? = nil, pooling: Pooling? = nil,
    inputSize: Extent2D? = nil, inputChannels: Int? = nil, dropRate: Float? = nil,
    source: Variant.Source? = nil
  ) -> Backbone {
    var result = self
    if let variant = variants.first(where: { $0.source == source }) { result.adopt(variant) }
    result.includesTop = includesTop ?? self.includesTop
    result.classCount = classCount ?? self.classCount
    result.pooling = pooling ?? self.pooling
    result.inputSize = inputSize ?? result.inputSize
    result.inputChannels = inputChannels ?? self.inputChannels
    result.dropRate = dropRate ?? self.dropRate
    return result
  }

  /// The endpoints that hold the last map of each size, the largest map first: what heads for
  /// detection and segmentation read.
  public var stageNames: [String] { variant.architecture.stageNames }

  /// Builds the network in another way; the size of images follows where it is the usual one.
  mutating func adopt(_ other: Variant) {
    if inputSize == variant.inputSize { inputSize = other.inputSize }
    variant = other
  }

  public func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var scope = scope
    scope.tracksUnbiasedVariance = variant.source != .keras
    return scope.noting(self) { traceLayers(input, in: scope) }
  }

  private func traceLayers(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (size, _) = scope.image(input) else { return input }
    let minimum = recipe.minimumSize
    guard
      scope.require(
        size.height >= minimum && size.width >= minimum,
        "\(name) takes images of at least \(minimum)×\(minimum), not \(size.height)×\(size.width)")
    else { return input }
    let features = variant.architecture.features(input, in: scope)
    let pooled = pooled(features, in: scope)
    if includesTop {
      let options = ClassifierOptions(classCount: classCount, dropRate: dropRate)
      return variant.architecture.classifier(features, options, in: scope)
    }
    return pooled ?? features
  }

  private func pooled(_ features: Symbol, in scope: Scope) -> Symbol? {
    switch pooling {
    case .average: GlobalAveragePooling()(features, in: scope / "pooled")
    case .maximum: GlobalMaxPooling()(features, in: scope / "pooled")
    case nil: nil
    }
  }
}
