import GraftRandom

/// Pictures in a folder for each class, at any depth below it.
///
/// Classes and files are sorted by their UTF-8 bytes, as Keras's `image_dataset_from_directory` and
/// torchvision's `ImageFolder` sort them; hidden files are ignored. Opening a folder lists it and
/// decodes nothing: `unreadableImages` does that.
public struct ImageFolder: Dataset {
  /// One picture.
  public struct Sample: Hashable, Sendable {
    /// The path below the folder, beginning with the name of the class's folder.
    public let relativePath: String
    /// The class, an index into `classes`.
    public let label: Int
  }

  /// The folder as it was given.
  public let path: String
  /// The names of the subfolders, in order.
  public let classes: [String]
  /// All pictures, class by class, those of a class by name.
  public let samples: [Sample]

  init(path: String, classes: [String], samples: [Sample]) {
    self.path = path
    self.classes = classes
    self.samples = samples
  }

  /// Lists a folder whose subfolders are the classes.
  ///
  /// - Throws: `ImageFolderError` where the folder is missing or is none, holds fewer than two
  ///   classes, a class holds no picture, or the subfolders are the parts of a split.
  public init(_ path: String) throws {
    let listing = ImageFolderListing(path)
    let classes = try listing.classNames()
    if Self.looksSplit(classes) { throw ImageFolderError.splitFolders(path, classes) }
    guard let first = classes.first else { throw ImageFolderError.noClass(path) }
    if classes.count == 1 { throw ImageFolderError.oneClass(path, first) }
    try self.init(path: path, classes: classes, samples: listing.samples(of: classes))
    try requireSamplesOfEachClass()
  }

  /// Whether the subfolders are those of a split rather than classes.
  static func looksSplit(_ names: [String]) -> Bool {
    names.contains("train")
      && names.allSatisfy { ($0 == "train") || SplitFolders.heldOutNames.contains($0) }
  }

  func requireSamplesOfEachClass() throws {
    let empty = zip(classes, counts).filter { $0.1 == 0 }.map(\.0)
    if !empty.isEmpty { throw ImageFolderError.emptyClasses(path, empty) }
  }

  /// How many pictures there are.
  public var count: Int { samples.count }

  /// The class of one picture.
  public func label(at index: Int) -> Int {
    samples[index].label
  }

  /// The hash of the picture's path in the folder: the same when other pictures come or go.
  public func identity(at index: Int) -> UInt64 {
    stableHash(of: samples[index].relativePath.utf8)
  }

  /// The path of one picture.
  public func path(at index: Int) -> String {
    path.hasSuffix("/")
      ? path + samples[index].relativePath : "\(path)/\(samples[index].relativePath)"
  }

  /// Decodes and prepares one picture.
  ///
  /// - Throws: `ImageError` with the path.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    try preparer.prepare(fileAt: path(at: index), into: values)
  }

  /// The pictures at `indices`, in that order.
  public func subset(_ indices: [Int]) -> ImageFolder {
    ImageFolder(path: path, classes: classes, samples: indices.map { samples[$0] })
  }

  /// Splits the pictures into a training and a validation part, the same on every platform.
  ///
  /// Where a picture goes depends on its path in the folder and the seed. So most keep their side when
  /// pictures are added, and a model trained further is still judged by pictures it has not seen, but
  /// for the few that new ones replace.
  ///
  /// - Parameters:
  ///   - validation: the share of pictures held out, between 0 and 1.
  ///   - stratified: whether each class is split by that share.
  /// - Throws: `SplitError` where a part would be empty.
  public func split(
    validation: Double, stratified: Bool = true, seed: UInt64 = 0
  ) throws -> DatasetSplit<ImageFolder> {
    let parts = try SplitIndices(
      labels: samples.map(\.label),
      tickets: samples.map { SplitIndices.ticket(of: $0.relativePath, seed: seed) },
      classCount: classes.count, validation: validation, stratified: stratified)
    return DatasetSplit(
      training: subset(parts.training), validation: subset(parts.validation))
  }
}
