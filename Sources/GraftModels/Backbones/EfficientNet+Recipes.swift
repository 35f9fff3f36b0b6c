import GraftData
import GraftLayers
import GraftWeights

extension Backbone {
  /// EfficientNet-B0; 5,288,548 parameters with its classifier.
  public static let efficientNetB0 = efficientNet(0, 1, 1, dropRate: 0.2, size: 224)
  /// EfficientNet-B1; 7,794,184 parameters with its classifier.
  public static let efficientNetB1 = efficientNet(1, 1, 1.1, dropRate: 0.2, size: 240)
  /// EfficientNet-B2; 9,109,994 parameters with its classifier.
  public static let efficientNetB2 = efficientNet(
    2, 1.1, 1.2, dropRate: 0.3, size: 288, kerasSize: 260)
  /// EfficientNet-B3; 12,233,232 parameters with its classifier.
  public static let efficientNetB3 = efficientNet(3, 1.2, 1.4, dropRate: 0.3, size: 300)
  /// EfficientNet-B4; 19,341,616 parameters with its classifier.
  public static let efficientNetB4 = efficientNet(4, 1.4, 1.8, dropRate: 0.4, size: 380)
  /// EfficientNet-B5; 30,389,784 parameters with its classifier.
  public static let efficientNetB5 = efficientNet(5, 1.6, 2.2, dropRate: 0.4, size: 456)
  /// EfficientNet-B6; 43,040,704 parameters with its classifier.
  public static let efficientNetB6 = efficientNet(6, 1.8, 2.6, dropRate: 0.5, size: 528)
  /// EfficientNet-B7; 66,347,960 parameters with its classifier.
  public static let efficientNetB7 = efficientNet(7, 2, 3.1, dropRate: 0.5, size: 600)

  /// EfficientNetV2-S; 21,458,488 parameters with its classifier.
  public static let efficientNetV2Small = efficientNetV2(
    "s", stem: 24, dropRate: 0.2, size: 384,
    [
      .init(fused: true, 1, 3, 1, 24, 2), .init(fused: true, 4, 3, 2, 48, 4),
      .init(fused: true, 4, 3, 2, 64, 4), .init(4, 3, 2, 128, 6), .init(6, 3, 1, 160, 9),
      .init(6, 3, 2, 256, 15),
    ])
  /// EfficientNetV2-M; 54,139,356 parameters with its classifier.
  public static let efficientNetV2Medium = efficientNetV2(
    "m", stem: 24, dropRate: 0.3, size: 480,
    [
      .init(fused: true, 1, 3, 1, 24, 3), .init(fused: true, 4, 3, 2, 48, 5),
      .init(fused: true, 4, 3, 2, 80, 5), .init(4, 3, 2, 160, 7), .init(6, 3, 1, 176, 14),
      .init(6, 3, 2, 304, 18), .init(6, 3, 1, 512, 5),
    ])
  /// EfficientNetV2-L; 118,515,272 parameters with its classifier.
  public static let efficientNetV2Large = efficientNetV2(
    "l", stem: 32, dropRate: 0.4, size: 480,
    [
      .init(fused: true, 1, 3, 1, 32, 4), .init(fused: true, 4, 3, 2, 64, 7),
      .init(fused: true, 4, 3, 2, 96, 7), .init(4, 3, 2, 192, 10), .init(6, 3, 1, 224, 19),
      .init(6, 3, 2, 384, 25), .init(6, 3, 1, 640, 7),
    ])

  /// torchvision's size of the shorter side before the crop, B0 to B7.
  private static let resizedSizes = [256, 255, 288, 320, 384, 456, 528, 600]

  private static func efficientNet(
    _ number: Int, _ width: Float, _ depth: Float, dropRate: Float, size: Int,
    kerasSize: Int? = nil
  ) -> Backbone {
    // torchvision's three largest keep the constants of the TensorFlow weights that they began as.
    let network = EfficientNet.scaled(
      width: width, depth: depth, dropRate: dropRate, epsilon: number < 5 ? 1e-5 : 1e-3,
      momentum: number < 5 ? 0.9 : 0.99)
    let (keras, names) = (network.following(kerasMomentum: 0.99), network.timmNames)
    return Backbone(
      Recipe(
        name: "efficientnet-b\(number)", title: "EfficientNet-B\(number)",
        classifier: ["classifier.1"]),
      Variant(
        .torchvision, network, inputSize: Extent2D(size),
        preprocessing: .torchvision(
          size: size, resizeRule: .shorterSideThenCentreCrop(resize: resizedSizes[number]),
          interpolation: number == 1 ? .bilinear : .bicubic)),
      // timm's own weights end at B4; the larger ones are TensorFlow's.
      Variant(
        .timm, number < 5 ? network : keras, inputSize: Extent2D(size), weightMaps: [names]),
      // Keras rescales inside the network, where this one takes normalized pixels. timm stores
      // TensorFlow's weights (`tf_efficientnet_b0`) for this network under its own names.
      Variant(
        .keras, keras, inputSize: Extent2D(kerasSize ?? size), weightMaps: [names],
        ignoring: ["^normalization/"],
        preprocessing: .torchvision(size: kerasSize ?? size, resizeRule: .stretch)))
  }

  private static func efficientNetV2(
    _ size: String, stem: Int, dropRate: Float, size pixels: Int, _ stages: [EfficientNet.Stage]
  ) -> Backbone {
    let network = EfficientNet(
      stem: stem, stages: stages, head: 1280, epsilon: 1e-3, momentum: 0.9, dropRate: dropRate)
    let keras = network.following(kerasMomentum: 0.9)
    return Backbone(
      Recipe(
        name: "efficientnetv2-\(size)", title: "EfficientNetV2-\(size.uppercased())",
        classifier: ["classifier.1"]),
      Variant(
        .torchvision, network, inputSize: Extent2D(pixels),
        preprocessing: size == "l"
          ? .minusOneToOne(
            size: pixels, resizeRule: .shorterSideThenCentreCrop(resize: pixels),
            interpolation: .bicubic)
          : .torchvision(size: pixels, resizeRule: .shorterSideThenCentreCrop(resize: pixels))),
      // Those that timm publishes are TensorFlow's (`tf_efficientnetv2_s`).
      Variant(
        .timm, keras, inputSize: Extent2D(pixels), weightMaps: [network.timmNames],
        preprocessing: .minusOneToOne(
          size: pixels, resizeRule: .shorterSideThenCentreCrop(resize: pixels),
          interpolation: .bicubic)),
      // Keras's rescaling, which doesn't quite reach 1.
      Variant(
        .keras, keras, inputSize: Extent2D(pixels),
        preprocessing: Preprocessing(
          size: ImageSize(pixels), resizeRule: .stretch, scale: 1 / 128, mean: [1, 1, 1])))
  }
}

extension EfficientNet {
  /// The same network with Keras's padding and normalization.
  fileprivate func following(kerasMomentum: Float) -> EfficientNet {
    var result = self
    (result.padding, result.epsilon, result.momentum) = (.same, 1e-3, kerasMomentum)
    return result
  }

  /// timm's names (`efficientnet_b0`, `tf_efficientnetv2_s` and their siblings).
  fileprivate var timmNames: WeightMap {
    let last = "features.\(stages.count + 1)"
    return .timm(
      stages.map { stage in
        let kind: TimmBlock.Kind =
          switch (stage.isFused, stage.expansion) {
          case (true, 1): .plain
          case (true, _): .fused
          case (false, 1): .separable
          case (false, _): .inverted
          }
        return Array(
          repeating: TimmBlock(kind: kind, hasGate: !stage.isFused), count: stage.count)
      },
      ends: [
        ("conv_stem", "features.0.0"), ("bn1", "features.0.1"), ("conv_head", "\(last).0"),
        ("bn2", "\(last).1"), ("classifier", "classifier.1"),
      ]
    ) { stage, block in "features.\(stage + 1).\(block).block" }
  }
}
