import GraftData
import GraftLayers

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
  /// The units of the classifier's hidden layer.
  public var hiddenUnits: Int
  /// Multiplies the channels of every layer.
  public var width: Float
  /// Whether padding is Keras's.
  public var followsKeras: Bool

  public init(
    blocks: [Block], hiddenUnits: Int, width: Float = 1, followsKeras: Bool = false
  ) {
    (self.blocks, self.hiddenUnits) = (blocks, hiddenUnits)
    (self.width, self.followsKeras) = (width, followsKeras)
  }

  fileprivate var padding: ImagePadding { followsKeras ? .same : .centered }

  fileprivate var normalization: BatchNormalization {
    BatchNormalization(epsilon: 1e-3, momentum: followsKeras ? 0.999 : 0.99)
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    func unit(_ convolution: Convolution2D, _ alias: String) -> ConvolutionUnit {
      ConvolutionUnit(
        convolution: convolution, normalization: normalization, activation: .hardSwish,
        aliases: .init(
          convolution: alias, normalization: "\(alias)_bn", activation: "\(alias)_activation"))
    }
    let first = Channels.scaled(16, by: width)
    var layers: [any Layer] = [
      unit(.unbiased(first, kernel: 3, stride: 2, padding: padding), "conv")
    ]
    for (index, block) in blocks.enumerated() {
      layers.append(
        GatedResidual(
          network: self, block: block,
          alias: index == 0 ? "expanded_conv" : "expanded_conv_\(index)"))
    }
    let last = 6 * Channels.scaled(blocks.last?.filters ?? 16, by: width)
    layers.append(unit(.unbiased(last, kernel: 1), "conv_1"))
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(_ features: Symbol, classCount: Int, in scope: Scope) -> Symbol {
    let x = GlobalAveragePooling()(features, in: scope / "avgpool")
    let classifier = Sequential {
      Dense(Channels.scaled(hiddenUnits, by: width)).aliased("conv_2")
      ActivationLayer(.hardSwish)
      Dropout(0.2)
      Dense(classCount)
    }
    return classifier(x, in: scope / "classifier")
  }
}

/// Widens, filters each channel, weighs the channels, narrows; the input is added where the shapes
/// agree.
private struct GatedResidual: Layer {
  var network: MobileNetV3
  var block: MobileNetV3.Block
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, inputChannels) = scope.image(input) else { return input }
    let hidden = Channels.scaled(block.expanded, by: network.width)
    let filters = Channels.scaled(block.filters, by: network.width)
    var layers: [any Layer] = []
    if hidden != inputChannels {
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

extension Backbone {
  /// MobileNetV3 Large; 5,483,032 parameters with its classifier.
  public static let mobileNetV3Large = mobileNetV3(
    "large", hiddenUnits: 1280,
    [
      .init(3, 16, 16, gate: false, .relu), .init(3, 64, 24, gate: false, .relu, stride: 2),
      .init(3, 72, 24, gate: false, .relu), .init(5, 72, 40, gate: true, .relu, stride: 2),
      .init(5, 120, 40, gate: true, .relu), .init(5, 120, 40, gate: true, .relu),
      .init(3, 240, 80, gate: false, .hardSwish, stride: 2),
      .init(3, 200, 80, gate: false, .hardSwish), .init(3, 184, 80, gate: false, .hardSwish),
      .init(3, 184, 80, gate: false, .hardSwish), .init(3, 480, 112, gate: true, .hardSwish),
      .init(3, 672, 112, gate: true, .hardSwish),
      .init(5, 672, 160, gate: true, .hardSwish, stride: 2),
      .init(5, 960, 160, gate: true, .hardSwish), .init(5, 960, 160, gate: true, .hardSwish),
    ])
  /// MobileNetV3 Small; 2,542,856 parameters with its classifier.
  public static let mobileNetV3Small = mobileNetV3(
    "small", hiddenUnits: 1024,
    [
      .init(3, 16, 16, gate: true, .relu, stride: 2),
      .init(3, 72, 24, gate: false, .relu, stride: 2), .init(3, 88, 24, gate: false, .relu),
      .init(5, 96, 40, gate: true, .hardSwish, stride: 2),
      .init(5, 240, 40, gate: true, .hardSwish), .init(5, 240, 40, gate: true, .hardSwish),
      .init(5, 120, 48, gate: true, .hardSwish), .init(5, 144, 48, gate: true, .hardSwish),
      .init(5, 288, 96, gate: true, .hardSwish, stride: 2),
      .init(5, 576, 96, gate: true, .hardSwish), .init(5, 576, 96, gate: true, .hardSwish),
    ])

  private static func mobileNetV3(
    _ size: String, hiddenUnits: Int, _ blocks: [MobileNetV3.Block]
  ) -> Backbone {
    let network = MobileNetV3(blocks: blocks, hiddenUnits: hiddenUnits)
    var keras = network
    keras.followsKeras = true
    return Backbone(
      Recipe(
        name: "mobilenetv3-\(size)", title: "MobileNetV3 \(size.capitalized)",
        classifier: ["classifier.0", "classifier.3"]),
      Variant(.torchvision, network),
      // Rescaling is part of Keras's network; here it is part of the preprocessing.
      Variant(.keras, keras, preprocessing: .minusOneToOne(size: 224)))
  }
}
