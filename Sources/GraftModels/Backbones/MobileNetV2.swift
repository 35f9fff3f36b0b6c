import GraftLayers
import GraftWeights

/// Inverted residuals with linear bottlenecks (Sandler et al. 2018), by torchvision's names.
public struct MobileNetV2: BackboneArchitecture {
  /// Multiplies the channels of every layer.
  public var width: Float
  /// Whether padding and normalization are Keras's.
  public var followsKeras: Bool

  /// The network with its channels multiplied, 1 for the usual one.
  public init(width: Float = 1, followsKeras: Bool = false) {
    (self.width, self.followsKeras) = (width, followsKeras)
  }

  /// Expansion, output channels, blocks and stride of each stage.
  private static let stages = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
  ]

  fileprivate var padding: ImagePadding { followsKeras ? .same : .centered }

  fileprivate var normalization: BatchNormalization {
    followsKeras ? BatchNormalization(epsilon: 1e-3, momentum: 0.999) : BatchNormalization()
  }

  public var stageNames: [String] {
    var (names, count) = ([String](), 0)
    for stage in Self.stages {
      if stage.3 == 2 { names.append("features.\(count)") }
      count += stage.2
    }
    return names + ["features.\(count + 1)"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    var layers: [any Layer] = [
      ConvolutionUnit(
        convolution: .unbiased(
          Channels.scaled(32, by: width), kernel: 3, stride: 2, padding: padding),
        normalization: normalization, activation: .relu6,
        aliases: .init(
          convolution: "Conv1", normalization: "bn_Conv1", activation: "Conv1_relu"))
    ]
    for (expansion, filters, count, stride) in Self.stages {
      for index in 0..<count {
        layers.append(
          InvertedResidual(
            network: self, expansion: expansion, filters: Channels.scaled(filters, by: width),
            stride: index == 0 ? stride : 1,
            alias: layers.count == 1 ? "expanded_conv" : "block_\(layers.count - 1)"))
      }
    }
    layers.append(
      ConvolutionUnit(
        convolution: .unbiased(Channels.scaled(1280, by: max(width, 1)), kernel: 1),
        normalization: normalization, activation: .relu6,
        aliases: .init(
          convolution: "Conv_1", normalization: "Conv_1_bn", activation: "out_relu")))
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    let x = GlobalAveragePooling()(features, in: scope / "pool", as: "global_average_pooling2d")
    let classifier = Sequential {
      options.dropout(usually: 0.2)
      Dense(options.classCount).aliased("predictions")
    }
    return classifier(x, in: scope / "classifier")
  }
}

/// Widens, filters each channel, narrows; the input is added where the shapes agree.
private struct InvertedResidual: Layer {
  var network: MobileNetV2
  var expansion: Int
  var filters: Int
  var stride: Int
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, inputChannels) = scope.image(input) else { return input }
    let hidden = inputChannels * expansion
    var layers: [any Layer] = []
    if expansion != 1 { layers.append(unit(.unbiased(hidden, kernel: 1), "expand")) }
    let depthwise = Convolution2D.unbiased(
      hidden, kernel: 3, stride: stride, padding: network.padding, groups: hidden)
    layers += [
      unit(depthwise, "depthwise"),
      Convolution2D.unbiased(filters, kernel: 1).aliased("\(alias)_project"),
      network.normalization.aliased("\(alias)_project_BN"),
    ]
    let x = Sequential(layers)(input, in: scope / "conv")
    guard stride == 1, inputChannels == filters else { return x }
    let sum = input + x
    scope.offer(sum, as: "\(alias)_add")
    return sum
  }

  private func unit(_ convolution: Convolution2D, _ name: String) -> ConvolutionUnit {
    ConvolutionUnit(
      convolution: convolution, normalization: network.normalization, activation: .relu6,
      aliases: .init(
        convolution: "\(alias)_\(name)", normalization: "\(alias)_\(name)_BN",
        activation: "\(alias)_\(name)_relu"))
  }
}

extension MobileNetV2 {
  /// timm's names (`mobilenetv2_100` and its siblings).
  fileprivate static let timmNames = WeightMap.timm(
    stages.map { expansion, _, count, _ in
      Array(repeating: TimmBlock(kind: expansion == 1 ? .separable : .inverted), count: count)
    },
    ends: [
      ("conv_stem", "features.0.0"), ("bn1", "features.0.1"), ("conv_head", "features.18.0"),
      ("bn2", "features.18.1"), ("classifier", "classifier.1"),
    ],
    nestsLast: false
  ) { stage, block in
    "features.\(stages[..<stage].reduce(1) { $0 + $1.2 } + block).conv"
  }
}

extension Backbone {
  /// MobileNetV2; 3,504,872 parameters with its classifier.
  public static let mobileNetV2 = mobileNetV2(width: 1)

  /// MobileNetV2 with the channels of every layer multiplied, such as by 0.35, 0.5, 0.75 or 1.4.
  public static func mobileNetV2(width: Float) -> Backbone {
    let suffix = Channels.suffix(ofWidth: width)
    return Backbone(
      Recipe(
        name: "mobilenetv2\(suffix)", title: "MobileNetV2\(suffix)", classifier: ["classifier.1"]),
      Variant(.torchvision, MobileNetV2(width: width)),
      Variant(.timm, MobileNetV2(width: width), weightMaps: [MobileNetV2.timmNames]),
      Variant(.keras, MobileNetV2(width: width, followsKeras: true)))
  }
}
