import GraftData
import GraftLayers

/// Depthwise separable convolutions (Howard et al. 2017), by timm's names.
public struct MobileNetV1: BackboneArchitecture {
  /// Multiplies the channels of every layer.
  public var width: Float
  /// Whether padding and normalization are Keras's.
  public var followsKeras: Bool

  /// The network with its channels multiplied, 1 for the usual one.
  public init(width: Float = 1, followsKeras: Bool = false) {
    (self.width, self.followsKeras) = (width, followsKeras)
  }

  /// Blocks, stride and channels of each stage.
  private static let stages = [(1, 1, 64), (2, 2, 128), (2, 2, 256), (6, 2, 512), (2, 2, 1024)]

  private func filters(_ count: Int) -> Int {
    followsKeras ? Int(Float(count) * width) : Channels.scaled(count, by: width)
  }

  fileprivate var normalization: BatchNormalization {
    followsKeras ? BatchNormalization(epsilon: 1e-3, momentum: 0.99) : BatchNormalization()
  }

  public var stageNames: [String] { Self.stages.indices.map { "blocks.\($0)" } }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = Convolution2D.unbiased(
      filters(32), kernel: 3, stride: 2, padding: followsKeras ? .same : .centered)
    var x = stem(input, in: scope / "conv_stem", as: "conv1")
    x = ActivatedNormalization(normalization, .relu6, aliases: ("conv1_bn", "conv1_relu"))(
      x, in: scope / "bn1")
    var number = 0
    let stages = Self.stages.map { count, stride, channels in
      Sequential(
        (0..<count).map { index in
          number += 1
          return SeparableBlock(
            network: self, stride: index == 0 ? stride : 1, filters: filters(channels),
            number: number)
        })
    }
    return Sequential(stages)(x, in: scope / "blocks")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "global_pool")
    x = options.dropout(usually: followsKeras ? 1e-3 : 0)(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "classifier", as: "conv_preds")
  }
}

/// A convolution of each channel, then one of each pixel.
private struct SeparableBlock: Layer {
  var network: MobileNetV1
  var stride: Int
  var filters: Int
  /// The block's number in Keras.
  var number: Int

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, channels) = scope.image(input) else { return input }
    // Keras adds one row and one column of zeros whatever the size of the image.
    let isAsymmetric = network.followsKeras && stride > 1
    let depthwise = Convolution2D.unbiased(
      channels, kernel: 3, stride: stride,
      padding: isAsymmetric
        ? .explicit(EdgePadding(top: 0, bottom: 1, left: 0, right: 1)) : .centered,
      groups: channels)
    var x = depthwise(input, in: scope / "conv_dw", as: "conv_dw_\(number)")
    x = normalize(x, "conv_dw_\(number)", in: scope / "bn1")
    x = Convolution2D.unbiased(filters, kernel: 1)(
      x, in: scope / "conv_pw", as: "conv_pw_\(number)")
    return normalize(x, "conv_pw_\(number)", in: scope / "bn2")
  }

  private func normalize(_ x: Symbol, _ alias: String, in scope: Scope) -> Symbol {
    let layer = ActivatedNormalization(
      network.normalization, .relu6, aliases: ("\(alias)_bn", "\(alias)_relu"))
    return layer(x, in: scope)
  }
}

extension Backbone {
  /// MobileNet; 4,231,976 parameters with its classifier.
  public static let mobileNetV1 = mobileNetV1(width: 1)

  /// MobileNet with the channels of every layer multiplied, such as by 0.25, 0.5 or 0.75.
  public static func mobileNetV1(width: Float) -> Backbone {
    let suffix = Channels.suffix(ofWidth: width)
    return Backbone(
      Recipe(
        name: "mobilenetv1\(suffix)", title: "MobileNet\(suffix)", classifier: ["classifier"]),
      Variant(
        .timm, MobileNetV1(width: width),
        preprocessing: .minusOneToOne(
          size: 224, resizeRule: .centreCrop(of: 224, percent: 0.875), interpolation: .bicubic)),
      Variant(.keras, MobileNetV1(width: width, followsKeras: true)))
  }
}
