import GraftData
import GraftLayers
import GraftWeights

/// Very deep networks of 3 × 3 convolutions (Simonyan and Zisserman 2015), by torchvision's names.
public struct VGG: BackboneArchitecture {
  /// The number of convolutions of each of the five blocks.
  public var depths: [Int]
  /// The channels of the first block; the next three have twice as many each, the last as many.
  public var width: Int
  /// The units of the two hidden layers of the classifier.
  public var hiddenUnits: Int
  /// Whether each convolution is followed by a normalization.
  public var isNormalized: Bool

  /// A network of blocks of `depths` convolutions, the first one `width` channels wide.
  public init(
    depths: [Int], width: Int = 64, hiddenUnits: Int = 4096, isNormalized: Bool = false
  ) {
    (self.depths, self.width) = (depths, width)
    (self.hiddenUnits, self.isNormalized) = (hiddenUnits, isNormalized)
  }

  public var stageNames: [String] {
    depths.enumerated().map { "block\($0 + 1)_conv\($1)" } + ["block\(depths.count)_pool"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    var layers: [any Layer] = []
    for (block, depth) in depths.enumerated() {
      for index in 1...depth {
        let position = layers.count
        layers.append(
          Convolution2D(
            width << min(block, 3), kernel: 3, padding: .symmetric(1), initializer: .heNormal))
        if isNormalized { layers.append(BatchNormalization()) }
        // Keras's layer holds its activation.
        layers.append(
          ActivationLayer(.relu)
            .aliased("block\(block + 1)_conv\(index)", of: "\(position)"))
      }
      layers.append(MaxPooling2D(2).aliased("block\(block + 1)_pool"))
    }
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = AdaptiveAveragePooling2D(7)(features, in: scope / "avgpool")
    x = Flatten()(x, in: scope / "flatten")
    let classifier = Sequential {
      Dense(hiddenUnits)
      ActivationLayer(.relu).aliased("fc1", of: "0")
      options.dropout(usually: 0.5)
      Dense(hiddenUnits)
      ActivationLayer(.relu).aliased("fc2", of: "3")
      options.dropout(usually: 0.5)
      Dense(options.classCount).aliased("predictions")
    }
    return classifier(x, in: scope / "classifier")
  }
}

extension Backbone {
  /// VGG-11; 132,863,336 parameters with its classifier.
  public static let vgg11 = vgg(11, [1, 1, 2, 2, 2])
  /// VGG-13; 133,047,848 parameters with its classifier.
  public static let vgg13 = vgg(13, [2, 2, 2, 2, 2])
  /// VGG-16; 138,357,544 parameters with its classifier.
  public static let vgg16 = vgg(16, [2, 2, 3, 3, 3])
  /// VGG-19; 143,667,240 parameters with its classifier.
  public static let vgg19 = vgg(19, [2, 2, 4, 4, 4])
  /// VGG-11 with batch normalization; 132,868,840 parameters with its classifier.
  public static let vgg11Normalized = vgg(11, [1, 1, 2, 2, 2], isNormalized: true)
  /// VGG-13 with batch normalization; 133,053,736 parameters with its classifier.
  public static let vgg13Normalized = vgg(13, [2, 2, 2, 2, 2], isNormalized: true)
  /// VGG-16 with batch normalization; 138,365,992 parameters with its classifier.
  public static let vgg16Normalized = vgg(16, [2, 2, 3, 3, 3], isNormalized: true)
  /// VGG-19 with batch normalization; 143,678,248 parameters with its classifier.
  public static let vgg19Normalized = vgg(19, [2, 2, 4, 4, 4], isNormalized: true)

  private static func vgg(_ depth: Int, _ depths: [Int], isNormalized: Bool = false) -> Backbone {
    let network = VGG(depths: depths, isNormalized: isNormalized)
    return Backbone(
      Recipe(
        name: isNormalized ? "vgg\(depth)-bn" : "vgg\(depth)",
        title: isNormalized ? "VGG-\(depth) with batch normalization" : "VGG-\(depth)",
        classifier: ["classifier.0", "classifier.3", "classifier.6"]),
      Variant(.torchvision, network, weightMaps: [.vggOfTimm]),
      Variant(.keras, network, preprocessing: .caffe(size: 224)))
  }
}

extension WeightMap {
  /// timm's names, which stores the classifier's hidden layers as convolutions.
  fileprivate static var vggOfTimm: WeightMap {
    var map = WeightMap.torch
    map.rules = [
      .prefix("pre_logits.fc1.", by: "classifier.0."),
      .prefix("pre_logits.fc2.", by: "classifier.3."), .prefix("head.fc.", by: "classifier.6."),
    ]
    return map
  }
}
