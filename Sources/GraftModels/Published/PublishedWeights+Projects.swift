import GraftData

/// What the weights of one project have in common.
extension PublishedWeights {
  /// A file of torchvision's, whose name ends in the start of its SHA-256.
  static func torchvision(
    _ backbone: String, _ version: String, _ fileName: String, kibibytes: Int, top1: Double,
    _ size: Int, _ resize: Int, _ interpolation: Interpolation = .bilinear
  ) -> PublishedWeights {
    PublishedWeights(
      backbone: backbone, tag: "torchvision-\(version)", source: .torchvision, fileName: fileName,
      origins: [.url("https://download.pytorch.org/models/\(fileName)")],
      checksum: .sha256(checksum(endingNameOf: fileName)), approximateByteCount: kibibytes * 1024,
      licence: "BSD-3-Clause", top1: top1,
      picture: Picture(size: size, resize: resize, interpolation: interpolation))
  }

  /// A file of timm's, whose name ends in the start of its SHA-256.
  static func timm(_ backbone: String, _ fileName: String) -> PublishedWeights {
    let folder =
      "https://github.com/rwightman/pytorch-image-models/releases/download/v0.1-weights"
    return PublishedWeights(
      backbone: backbone, tag: "timm", source: .timm, fileName: fileName,
      origins: [.url("\(folder)/\(fileName)")],
      checksum: .sha256(checksum(endingNameOf: fileName)), licence: "Apache-2.0")
  }

  /// A file of Keras's.
  ///
  /// - Parameters:
  ///   - path: What follows `https://storage.googleapis.com/`.
  ///   - checksum: An MD5 or a SHA-256, told by its length.
  static func keras(
    _ backbone: String, _ path: String, _ checksum: String, _ licence: String,
    includesTop: Bool = true
  ) -> PublishedWeights {
    PublishedWeights(
      backbone: backbone, tag: includesTop ? "keras" : "keras-notop", source: .keras,
      fileName: path.split(separator: "/").last.map(String.init) ?? path,
      origins: [.url("https://storage.googleapis.com/\(path)")],
      checksum: checksum.count == 32 ? .md5(checksum) : .sha256(checksum),
      licence: licence, includesTop: includesTop)
  }

  /// The digits between the last hyphen and the ending.
  private static func checksum(endingNameOf fileName: String) -> String {
    let stem = fileName.prefix { $0 != "." }
    return String(stem.split(separator: "-").last ?? stem)
  }
}
