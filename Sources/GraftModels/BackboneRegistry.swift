extension Backbone {
  /// Every backbone that Graft knows.
  public static let all: [Backbone] = [
    efficientNetLite0, mobileNetV2, vgg16, resNet18, resNet50,
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
