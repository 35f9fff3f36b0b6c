import GraftData
import GraftLayers
import GraftWeights

/// Searched mobile networks (Howard et al. 2019), by torchvision's names.
public struct MobileNetV3: BackboneArchitecture {
  /// One inverted residual.
  public struct Block: Hashable, Sendable {
    var kernel: Int
    var expanded: Int
    var filters: Int
    var hasGate: Bool
    var activation: Activation
    var stride: Int

    init(
      _ kernel: Int, _ expanded: Int, _ filters: Int, gate: Bool, _ activation: Activation,
      stride: Int = 1
    ) {
      (self.kernel, self.expanded, self.filters) = (kernel, expanded, filters)
      (hasGate, self.activation, self.stride) = (gate, activation, stride)
    }
  }

  public var blocks: [Block]
  /// Multiplies the channels of every block.
  public var width: Float
  /// The channels of the first convolution.
  public var stem: Int
  /// The units of the classifier's hidden layer.
  public var hiddenUnits: Int
  /// Whether a block widens its actual input as often as the unscaled block does (timm, Keras), or
  /// to a multiple of the unscaled block's channels (torchvision).
  public var scalesByRatio = false
  public var padding = ImagePadding.centered
  public var epsilon: Float = 1e-3
  /// How much of the running statistics survives a training step.
  public var momentum: Float = 0.99

  /// The network as torchvision scales it.
  public init(blocks: [Block], hiddenUnits: Int, width: Float = 1) {
    (self.blocks, self.width) = (blocks, width)
    stem = Channels.scaled(16, by: width)
    self.hiddenUnits = Channels.scaled(hiddenUnits, by: width)
  }

  fileprivate var normalization: BatchNormalization {
    BatchNormalization(epsilon: epsilon, momentum: momentum)
  }

  /// The channels inside of a block.
  fileprivate func expandedChannels(ofBlock index: Int, inputChannels: Int) -> Int {
    let expanded = blocks[index].expanded
    guard scalesByRatio else { return Channels.scaled(expanded, by: width) }
    let unscaled = index == 0 ? 16 : blocks[index - 1].filters
    return Channels.rounded(Float(inputChannels) * Float(expanded) / Float(unscaled))
  }

  public var stageNames: [String] {
    let halving = blocks.indices.filter { blocks[$0].stride == 2 }
    return (halving + [blocks.count + 1]).map { "features.\($0)" }
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    func unit(_ convolution: Convolution2D, _ alias: String) -> ConvolutionUnit {
      ConvolutionUnit(
        convolution: convolution, normalization: normalization, activation: .hardSwish,
        aliases: .init(
          convolution: alias, normalization: "\(alias)_bn", activation: "\(alias)_activation"))
    }
    var layers: [any Layer] = [
      unit(.unbiased(stem, kernel: 3, stride: 2, padding: padding), "conv")
    ]
    for index in blocks.indices {
      layers.append(
        GatedResidual(
          network: self, index: index,
          alias: index == 0 ? "expanded_conv" : "expanded_conv_\(index)"))
    }
    let last = Channels.rounded(6 * Float(Channels.scaled(blocks.last?.filters ?? 16, by: width)))
    layers.append(unit(.unbiased(last, kernel: 1), "conv_1"))
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    let x = GlobalAveragePooling()(features, in: scope / "avgpool")
    let classifier = Sequential {
      Dense(hiddenUnits).aliased("conv_2")
      ActivationLayer(.hardSwish)
      options.dropout(usually: 0.2)
      Dense(options.classCount).aliased("logits")
    }
    return classifier(x, in: scope / "classifier")
  }
}

/// Widens, filters each channel, weighs the channels, narrows; the input is added where the shapes
/// agree.
private struct GatedResidual: Layer {
  var network: MobileNetV3
  /// The position of the block.
  var index: Int
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, inputChannels) = scope.image(input) else { return input }
    let block = network.blocks[index]
    let hidden = network.expandedChannels(ofBlock: index, inputChannels: inputChannels)
    let filters = Channels.scaled(block.filters, by: network.width)
    var layers: [any Layer] = []
    if network.scalesByRatio ? index > 0 : hidden != inputChannels {
      layers.append(unit(.unbiased(hidden, kernel: 1), block.activation, "expand"))
    }
    layers.append(
      unit(
        .unbiased(
          hidden, kernel: block.kernel, stride: block.stride, padding: network.padding,
          groups: hidden),
        block.activation, "depthwise"))
    if block.hasGate {
      let name = "\(alias)_squeeze_excite_conv"
      layers.append(
        SqueezeExcitation(
          Channels.rounded(Float(hidden / 4)), activation: .relu, gate: .hardSigmoid,
          aliases: (name, "\(name)_1")))
    }
    layers.append(unit(.unbiased(filters, kernel: 1), nil, "project"))
    let x = Sequential(layers)(input, in: scope / "block")
    guard block.stride == 1, inputChannels == filters else { return x }
    let sum = input + x
    scope.offer(sum, as: "\(alias)_add")
    return sum
  }

  private func unit(
    _ convolution: Convolution2D, _ activation: Activation?, _ name: String
  ) -> ConvolutionUnit {
    ConvolutionUnit(
      convolution: convolution, normalization: network.normalization, activation: activation,
      aliases: .init(
        convolution: "\(alias)_\(name)", normalization: "\(alias)_\(name)_bn",
        activation: "\(alias)_\(name)_activation"))
  }
}

extension MobileNetV3 {
  /// The large network, 1280 units in its classifier.
  public static func large(width: Float = 1) -> MobileNetV3 {
    MobileNetV3(blocks: largeBlocks, hiddenUnits: 1280, width: width)
  }

  /// The small network, 1024 units in its classifier.
  public static func small(width: Float = 1) -> MobileNetV3 {
    MobileNetV3(blocks: smallBlocks, hiddenUnits: 1024, width: width)
  }

  private static let largeBlocks: [Block] = [
    .init(3, 16, 16, gate: false, .relu), .init(3, 64, 24, gate: false, .relu, stride: 2),
    .init(3, 72, 24, gate: false, .relu), .init(5, 72, 40, gate: true, .relu, stride: 2),
    .init(5, 120, 40, gate: true, .relu), .init(5, 120, 40, gate: true, .relu),
    .init(3, 240, 80, gate: false, .hardSwish, stride: 2),
    .init(3, 200, 80, gate: false, .hardSwish), .init(3, 184, 80, gate: false, .hardSwish),
    .init(3, 184, 80, gate: false, .hardSwish), .init(3, 480, 112, gate: true, .hardSwish),
    .init(3, 672, 112, gate: true, .hardSwish),
    .init(5, 672, 160, gate: true, .hardSwish, stride: 2),
    .init(5, 960, 160, gate: true, .hardSwish), .init(5, 960, 160, gate: true, .hardSwish),
  ]

  private static let smallBlocks: [Block] = [
    .init(3, 16, 16, gate: true, .relu, stride: 2),
    .init(3, 72, 24, gate: false, .relu, stride: 2), .init(3, 88, 24, gate: false, .relu),
    .init(5, 96, 40, gate: true, .hardSwish, stride: 2),
    .init(5, 240, 40, gate: true, .hardSwish), .init(5, 240, 40, gate: true, .hardSwish),
    .init(5, 120, 48, gate: true, .hardSwish), .init(5, 144, 48, gate: true, .hardSwish),
    .init(5, 288, 96, gate: true, .hardSwish, stride: 2),
    .init(5, 576, 96, gate: true, .hardSwish), .init(5, 576, 96, gate: true, .hardSwish),
  ]

  /// timm's names (`mobilenetv3_large_100` and its siblings), whose stages end where the channels
  /// change.
  fileprivate var timmNames: WeightMap {
    var stages: [[Int]] = []
    for index in blocks.indices {
      if index > 0, blocks[index].filters == blocks[index - 1].filters {
        stages[stages.count - 1].append(index)
      } else {
        stages.append([index])
      }
    }
    let last = "features.\(blocks.count + 1)"
    return .timm(
      stages.map { stage in
        stage.map { TimmBlock(kind: $0 == 0 ? .separable : .inverted, hasGate: blocks[$0].hasGate) }
      },
      ends: [
        ("conv_stem", "features.0.0"), ("bn1", "features.0.1"),
        ("blocks.\(stages.count).0.conv", "\(last).0"),
        ("blocks.\(stages.count).0.bn1", "\(last).1"),
        ("classifier", "classifier.3"), ("conv_head", "classifier.0"),
      ]
    ) { stage, block in "features.\(stages[stage][block] + 1).block" }
  }
}

extension Backbone {
  /// MobileNetV3 Large; 5,483,032 parameters with its classifier.
  public static let mobileNetV3Large = mobileNetV3Large(width: 1)
  /// MobileNetV3 Small; 2,542,856 parameters with its classifier.
  public static let mobileNetV3Small = mobileNetV3Small(width: 1)

  /// MobileNetV3 Large with the channels of every layer multiplied, such as by 0.75.
  public static func mobileNetV3Large(width: Float) -> Backbone {
    mobileNetV3("large", .large(width: width), hiddenUnits: 1280)
  }

  /// MobileNetV3 Small with the channels of every layer multiplied, such as by 0.5 or 0.75.
  public static func mobileNetV3Small(width: Float) -> Backbone {
    mobileNetV3("small", .small(width: width), hiddenUnits: 1024)
  }

  private static func mobileNetV3(
    _ size: String, _ network: MobileNetV3, hiddenUnits: Int
  ) -> Backbone {
    var (timm, keras) = (network, network)
    let width = network.width
    (timm.scalesByRatio, keras.scalesByRatio) = (true, true)
    (timm.epsilon, timm.momentum) = (1e-5, 0.9)
    (timm.stem, timm.hiddenUnits) = (width < 0.75 ? 16 : network.stem, hiddenUnits)
    (keras.padding, keras.momentum) = (.same, 0.999)
    (keras.stem, keras.hiddenUnits) = (16, width > 1 ? network.hiddenUnits : hiddenUnits)
    let suffix = Channels.suffix(ofWidth: width)
    return Backbone(
      Recipe(
        name: "mobilenetv3-\(size)\(suffix)", title: "MobileNetV3 \(size.capitalized)\(suffix)",
        classifier: ["classifier.0", "classifier.3"]),
      Variant(.torchvision, network),
      Variant(.timm, timm, weightMaps: [network.timmNames]),
      // Rescaling is part of Keras's network; here it is part of the preprocessing.
      Variant(.keras, keras, preprocessing: .minusOneToOne(size: 224)))
  }
}
