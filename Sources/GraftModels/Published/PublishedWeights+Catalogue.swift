extension PublishedWeights {
  /// Every file of weights that Graft knows; of each backbone the usual one first.
  public static let all: [PublishedWeights] = packages + torchvision + timm + keras

  /// The files for a backbone, the usual one first.
  public static func of(_ backbone: Backbone) -> [PublishedWeights] {
    all.filter { $0.backbone == backbone.name }
  }

  /// The file called `name`: a backbone's name for its usual weights, or with a tag behind a colon.
  ///
  /// - Throws: ``ModelError/unknownBackbone(_:nearest:)``;
  ///   ``ModelError/unknownWeights(_:backbone:known:)``.
  public static func named(_ name: String) throws(ModelError) -> PublishedWeights {
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    return try of(Backbone.named(parts.first ?? name), tag: parts.count > 1 ? parts[1] : nil)
  }

  /// The file for a backbone with a tag, or its usual one.
  ///
  /// - Throws: ``ModelError/unknownWeights(_:backbone:known:)``.
  public static func of(
    _ backbone: Backbone, tag: String?
  ) throws(ModelError) -> PublishedWeights {
    let known = of(backbone)
    guard let found = tag.map({ tag in known.first { $0.tag == tag } }) ?? known.first else {
      throw .unknownWeights(
        tag ?? "imagenet", backbone: backbone.name, known: known.map(\.tag))
    }
    return found
  }
}
