extension Backbone {
  /// Every backbone that Graft knows.
  public static let all: [Backbone] = [
    vgg11, vgg13, vgg16, vgg19, vgg11Normalized, vgg13Normalized, vgg16Normalized, vgg19Normalized,
    resNet18, resNet34, resNet50, resNet101, resNet152, wideResNet50, resNeXt50,
    resNet50V2, resNet101V2, resNet152V2, googLeNet, inceptionV2, inceptionV3,
    mobileNetV1, mobileNetV2, mobileNetV3Large, mobileNetV3Small,
    efficientNetB0, efficientNetB1, efficientNetB2, efficientNetB3, efficientNetB4, efficientNetB5,
    efficientNetB6, efficientNetB7, efficientNetV2Small, efficientNetV2Medium, efficientNetV2Large,
    efficientNetLite0, efficientNetLite1, efficientNetLite2, efficientNetLite3, efficientNetLite4,
    denseNet121, denseNet169, denseNet201, squeezeNet10, squeezeNet11,
    convNeXtTiny, convNeXtSmall, convNeXtBase, convNeXtLarge,
  ]

  /// The networks that come in any width, by the name of their usual one.
  public static let scalable: [String: @Sendable (_ width: Float) -> Backbone] = [
    mobileNetV1.name: { mobileNetV1(width: $0) }, mobileNetV2.name: { mobileNetV2(width: $0) },
    mobileNetV3Large.name: { mobileNetV3Large(width: $0) },
    mobileNetV3Small.name: { mobileNetV3Small(width: $0) },
  ]

  /// The backbone called `name`; a width other than 1 stands at the end: `mobilenetv2-0.5`.
  ///
  /// - Throws: ``ModelError/unknownBackbone(_:nearest:)``.
  public static func named(_ name: String) throws(ModelError) -> Backbone {
    let wanted = name.lowercased()
    if let backbone = all.first(where: { $0.name == wanted }) { return backbone }
    if let backbone = scaled(wanted) { return backbone }
    throw .unknownBackbone(name, nearest: NearestNames.of(wanted, among: all.map(\.name)))
  }

  private static func scaled(_ name: String) -> Backbone? {
    guard let end = name.lastIndex(of: "-"), let make = scalable[String(name[..<end])],
      let width = Float(name[name.index(after: end)...]), width >= 0.1, width <= 4
    else { return nil }
    return make(width)
  }
}
