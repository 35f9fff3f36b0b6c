import GraftData
import GraftLayers

/// Densely connected networks (Huang et al. 2017), by torchvision's names.
public struct DenseNet: BackboneArchitecture {
  /// The number of layers of each block.
  public var depths: [Int]
  /// How many channels each layer adds.
  public var growth: Int
  /// The channels of the first convolution.
  public var width: Int
  /// Keras normalizes with a slightly larger epsilon.
  public var followsKeras: Bool

  /// A network of blocks of `depths` layers, each of which adds `growth` channels.
  public init(depths: [Int], growth: Int = 32, width: Int = 64, followsKeras: Bool = false) {
    (self.depths, self.growth) = (depths, growth)
    (self.width, self.followsKeras) = (width, followsKeras)
  }

  fileprivate var normalization: BatchNormalization {
    followsKeras ? BatchNormalization(epsilon: 1.001e-5, momentum: 0.99) : BatchNormalization()
  }

  public var stageNames: [String] {
    ["features.relu0"] + (1..<depths.count).map { "features.denseblock\($0)" } + ["relu"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let x = DenseFeatures(network: self)(input, in: scope / "features")
    return ActivationLayer(.relu)(x, in: scope / "relu")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "avgpool", as: "avg_pool")
    x = options.dropout()(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "classifier", as: "predictions")
  }
}

/// Everything up to the last normalization, which torchvision holds in one module.
private struct DenseFeatures: Layer {
  var network: DenseNet

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = Convolution2D.unbiased(network.width, kernel: 7, stride: 2)
    var x = stem(input, in: scope / "conv0", as: "conv1_conv")
    x = network.normalization(x, in: scope / "norm0", as: "conv1_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu0", as: "conv1_relu")
    let pooling = MaxPooling2D(3, strides: 2, padding: .symmetric(1))
    x = pooling(x, in: scope / "pool0", as: "pool1")
    var channels = network.width
    for (index, depth) in network.depths.enumerated() {
      let block = DenseBlock(network: network, depth: depth, alias: "conv\(index + 2)")
      x = block(x, in: scope / "denseblock\(index + 1)")
      channels += depth * network.growth
      guard index < network.depths.count - 1 else { break }
      channels /= 2
      let transition = Transition(
        network: network, filters: channels, alias: "pool\(index + 2)")
      x = transition(x, in: scope / "transition\(index + 1)")
    }
    return network.normalization(x, in: scope / "norm5", as: "bn")
  }
}

/// Layers that each read the results of all before.
private struct DenseBlock: Layer {
  var network: DenseNet
  var depth: Int
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = input
    for number in 1...depth {
      let name = "\(alias)_block\(number)"
      let layer = DenseLayer(network: network, alias: name)
      x = .concatenated([x, layer(x, in: scope / "denselayer\(number)")])
      scope.offer(x, as: "\(name)_concat")
    }
    return x
  }
}

/// What a ``DenseNet`` adds to its channels: a narrow convolution and one of 3 × 3.
private struct DenseLayer: Layer {
  var network: DenseNet
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = network.normalization(input, in: scope / "norm1", as: "\(alias)_0_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu1", as: "\(alias)_0_relu")
    x = Convolution2D.unbiased(4 * network.growth, kernel: 1)(
      x, in: scope / "conv1", as: "\(alias)_1_conv")
    x = network.normalization(x, in: scope / "norm2", as: "\(alias)_1_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu2", as: "\(alias)_1_relu")
    return Convolution2D.unbiased(network.growth, kernel: 3)(
      x, in: scope / "conv2", as: "\(alias)_2_conv")
  }
}

/// Half the channels and half the size.
private struct Transition: Layer {
  var network: DenseNet
  var filters: Int
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = network.normalization(input, in: scope / "norm", as: "\(alias)_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu", as: "\(alias)_relu")
    x = Convolution2D.unbiased(filters, kernel: 1)(x, in: scope / "conv", as: "\(alias)_conv")
    return AveragePooling2D(2)(x, in: scope / "pool", as: "\(alias)_pool")
  }
}

extension Backbone {
  /// DenseNet-121; 7,978,856 parameters with its classifier.
  public static let denseNet121 = denseNet(121, [6, 12, 24, 16])
  /// DenseNet-169; 14,149,480 parameters with its classifier.
  public static let denseNet169 = denseNet(169, [6, 12, 32, 32])
  /// DenseNet-201; 20,013,928 parameters with its classifier.
  public static let denseNet201 = denseNet(201, [6, 12, 48, 32])

  private static func denseNet(_ depth: Int, _ depths: [Int]) -> Backbone {
    Backbone(
      Recipe(
        name: "densenet\(depth)", title: "DenseNet-\(depth)", classifier: ["classifier"]),
      Variant(.torchvision, DenseNet(depths: depths)),
      Variant(
        .keras, DenseNet(depths: depths, followsKeras: true),
        preprocessing: .torchvision(size: 224, resizeRule: .stretch)))
  }
}
