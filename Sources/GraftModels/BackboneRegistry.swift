extension Backbone {
  /// Every backbone that Graft knows.
  public static let all: [Backbone] = [
    vgg11, vgg13, vgg16, vgg19, vgg11Normalized, vgg13Normalized, vgg16Normalized, vgg19Normalized,
    resNet18, resNet34, resNet50, resNet101, resNet152, wideResNet50, resNeXt50,
    resNet50V2, resNet101V2, resNet152V2, googLeNet, inceptionV3,
    mobileNetV1, mobileNetV2, mobileNetV3Large, mobileNetV3Small,
    efficientNetB0, efficientNetB1, efficientNetB2, efficientNetB3, efficientNetB4, efficientNetB5,
    efficientNetB6, efficientNetB7, efficientNetV2Small, efficientNetV2Medium, efficientNetV2Large,
    efficientNetLite0, efficientNetLite1, efficientNetLite2, efficientNetLite3, efficientNetLite4,
    denseNet121, denseNet169, denseNet201, squeezeNet10, squeezeNet11,
  ]

  /// The backbone called `name`.
  ///
  /// - Throws: ``ModelError/unknownBackbone(_:nearest:)``.
  public static func named(_ name: String) throws(ModelError) -> Backbone {
    guard let backbone = all.first(where: { $0.name == name.lowercased() }) else {
      throw .unknownBackbone(name, nearest: NearestNames.of(name, among: all.map(\.name)))
    }
    return backbone
  }
}
