import GraftData
import GraftLayers
import GraftWeights

/// Convolutional networks in the manner of transformers (Liu et al. 2022), by torchvision's names.
///
/// No block is ever skipped in training (stochastic depth).
public struct ConvNeXt: BackboneArchitecture {
  /// The number of blocks of each stage.
  public var depths: [Int]
  /// The channels of the first stage; each further stage has twice as many.
  public var width: Int
  /// What the names of Keras's layers begin with.
  public var alias: String

  /// A network of stages of `depths` blocks, the first one `width` channels wide.
  public init(depths: [Int], width: Int, alias: String) {
    (self.depths, self.width, self.alias) = (depths, width, alias)
  }

  fileprivate static let normalization = LayerNormalization(epsilon: 1e-6)

  public var stageNames: [String] { depths.indices.map { "features.\(2 * $0 + 1)" } }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    var layers: [any Layer] = []
    for (stage, depth) in depths.enumerated() {
      let filters = width << stage
      if stage == 0 {
        layers.append(
          Sequential {
            Convolution2D(filters, kernel: 4, strides: 4).aliased("\(alias)_stem_conv")
            Self.normalization.aliased("\(alias)_stem_layernorm")
          }.aliased("\(alias)_stem"))
      } else {
        layers.append(
          Sequential {
            Self.normalization.aliased("\(alias)_downsampling_layernorm_\(stage - 1)")
            Convolution2D(filters, kernel: 2, strides: 2)
              .aliased("\(alias)_downsampling_conv_\(stage - 1)")
          }.aliased("\(alias)_downsampling_block_\(stage - 1)"))
      }
      layers.append(
        Sequential(
          (0..<depth).map {
            ConvNeXtBlock(filters: filters, alias: "\(alias)_stage_\(stage)_block_\($0)")
          }))
    }
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    let x = GlobalAveragePooling()(features, in: scope / "avgpool", as: "\(alias)_head_gap")
    // Keras without top keeps the normalization, under a name of its own.
    let classifier = Sequential {
      Self.normalization.aliased("\(alias)_head_layernorm").aliased("layer_normalization")
        .named("0")
      options.dropout().named("dropout")
      Dense(options.classCount).aliased("\(alias)_head_dense").named("2")
    }
    return classifier(x, in: scope / "classifier")
  }
}

/// A large depthwise convolution, then two dense layers for each pixel; the input is added.
private struct ConvNeXtBlock: Layer {
  var filters: Int
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    // 1 and 6 are torchvision's changes to channels-last and back.
    let block = Sequential {
      DepthwiseConvolution2D(kernel: 7, padding: .centered)
        .aliased("\(alias)_depthwise_conv").named("0")
      ConvNeXt.normalization.aliased("\(alias)_layernorm").named("2")
      PixelwiseDense(4 * filters).aliased("\(alias)_pointwise_conv_1").named("3")
      ActivationLayer(.gelu).aliased("\(alias)_gelu").named("4")
      PixelwiseDense(filters).aliased("\(alias)_pointwise_conv_2").named("5")
    }
    let x = block(input, in: scope / "block")
    let scale = ChannelScale("layer_scale", initialValue: 1e-6)
    return input
      + scale(
        x, in: scope.transparent("\(scope.path).layer_scale"), as: "\(alias)_layer_scale")
  }
}

extension Backbone {
  /// ConvNeXt-Tiny; 28,589,128 parameters with its classifier.
  public static let convNeXtTiny = convNeXt("tiny", depths: [3, 3, 9, 3], width: 96, resize: 236)
  /// ConvNeXt-Small; 50,223,688 parameters with its classifier.
  public static let convNeXtSmall = convNeXt(
    "small", depths: [3, 3, 27, 3], width: 96, resize: 230)
  /// ConvNeXt-Base; 88,591,464 parameters with its classifier.
  public static let convNeXtBase = convNeXt("base", depths: [3, 3, 27, 3], width: 128, resize: 232)
  /// ConvNeXt-Large; 197,767,336 parameters with its classifier.
  public static let convNeXtLarge = convNeXt(
    "large", depths: [3, 3, 27, 3], width: 192, resize: 232)

  private static func convNeXt(
    _ size: String, depths: [Int], width: Int, resize: Int
  ) -> Backbone {
    let network = ConvNeXt(depths: depths, width: width, alias: "convnext_\(size)")
    return Backbone(
      Recipe(
        name: "convnext-\(size)", title: "ConvNeXt-\(size.capitalized)",
        classifier: ["classifier.0", "classifier.2"]),
      Variant(
        .torchvision, network,
        preprocessing: .torchvision(
          size: 224, resizeRule: .shorterSideThenCentreCrop(resize: resize))),
      Variant(.timm, network, weightMaps: [.convNeXtOfTimm(stageCount: depths.count)]),
      // Keras normalizes inside the network, where this one takes normalized pixels.
      Variant(
        .keras, network, preprocessing: .torchvision(size: 224, resizeRule: .stretch),
        keras: KerasStructure(
          submodels: ["convnext_\(size)_stem"]
            + depths.indices.dropLast().map { "convnext_\(size)_downsampling_block_\($0)" },
          groupsDepthwise: true, layerWithoutTop: "layer_normalization")))
  }
}

extension WeightMap {
  /// timm's names, which count stages and the layers between them apart.
  fileprivate static func convNeXtOfTimm(stageCount: Int) -> WeightMap {
    let stages = (0..<stageCount).flatMap { stage -> [NameRule] in
      [
        .prefix("stages.\(stage).downsample.", by: "features.\(2 * stage)."),
        .prefix("stages.\(stage).blocks.", by: "features.\(2 * stage + 1)."),
      ]
    }
    let layers = [
      ("conv_dw", "block.0"), ("norm", "block.2"), ("mlp.fc1", "block.3"), ("mlp.fc2", "block.5"),
      ("gamma", "layer_scale"),
    ].map { old, new in
      NameRule.expression(
        #"^(features\.\d+\.\d+\.)\#(old.replacing(".", with: #"\."#))(?=\.|$)"#, by: "$1\(new)")
    }
    var map = WeightMap.torch
    map.rules =
      stages + layers + [
        .prefix("stem.", by: "features.0."), .prefix("head.norm.", by: "classifier.0."),
        .prefix("head.fc.", by: "classifier.2."),
      ]
    return map
  }
}
