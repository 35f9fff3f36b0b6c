import Graft
import Testing

/// A narrow and shallow network, the same as that of a fixture's name.
struct Network: Sendable, CustomTestStringConvertible {
  let name: String
  let backbone: Backbone

  private init(
    _ name: String, _ source: Variant.Source, _ architecture: any BackboneArchitecture,
    classifier: [String] = []
  ) {
    self.name = name
    backbone = Backbone(
      Recipe(name: name, title: name, classifier: classifier), Variant(source, architecture))
  }

  var testDescription: String { name }

  static let all =
    torchvision + timm + keras + [
      Network("inceptionv2", .caffe, InceptionV2(divisor: 32))
    ]

  private static let torchvision = [
    Network("vgg", .torchvision, VGG(depths: [1, 1, 1, 1, 1], width: 2)),
    Network("vgg-bn", .torchvision, VGG(depths: [1, 1, 1, 1, 1], width: 2, isNormalized: true)),
    Network("resnet-basic", .torchvision, ResNet(.basic, depths: [1, 2, 1, 1], width: 2)),
    Network(
      "resnext", .torchvision,
      ResNet(.bottleneck, depths: [1, 1, 1, 1], width: 2, groups: 2, innerWidth: 2)),
    Network("googlenet", .torchvision, GoogLeNet(divisor: 16)),
    Network("inceptionv3", .torchvision, InceptionV3(divisor: 16)),
    Network("mobilenetv2", .torchvision, MobileNetV2(width: 0.1)),
    Network("mobilenetv3", .torchvision, MobileNetV3.small(width: 0.1)),
    Network(
      "efficientnet", .torchvision, EfficientNet.scaled(width: 0.1, depth: 0.1, dropRate: 0.2)),
    Network(
      "efficientnetv2", .torchvision,
      EfficientNet(
        stem: 8,
        stages: [
          .init(fused: true, 1, 3, 1, 8, 1), .init(fused: true, 4, 3, 2, 16, 2),
          .init(4, 3, 2, 24, 2), .init(6, 3, 2, 32, 1),
        ],
        head: 64, epsilon: 1e-3, dropRate: 0.2)),
    Network("densenet", .torchvision, DenseNet(depths: [2, 2, 2, 2], growth: 4, width: 8)),
    Network(
      "squeezenet", .torchvision,
      SqueezeNet(
        stem: (8, 3),
        parts: [
          .pool, .fire(2, 8), .fire(2, 8), .pool, .fire(4, 16), .fire(4, 16), .pool, .fire(6, 24),
          .fire(6, 24), .fire(8, 32), .fire(8, 32),
        ])),
    Network("convnext", .torchvision, ConvNeXt(depths: [1, 2, 1, 1], width: 4, alias: "convnext")),
  ]

  private static let timm = [
    Network("mobilenetv1", .timm, MobileNetV1(width: 0.1)),
    Network("efficientnet-lite", .timm, EfficientNetLite(width: 0.1, depth: 0.1)),
  ]

  private static let keras = [
    Network(
      "resnet-keras", .keras,
      ResNet(.bottleneck, depths: [1, 1, 1, 1], width: 2, followsKeras: true),
      classifier: ["fc"]),
    Network("resnetv2", .keras, ResNetV2(depths: [2, 2, 2, 2], width: 2)),
    Network("mobilenetv1-keras", .keras, MobileNetV1(width: 0.1, followsKeras: true)),
  ]
}
