import GraftRandom

/// Pictures in a folder for each class, at any depth below it.
///
/// Classes and files are sorted by their bytes, as Keras's `image_dataset_from_directory` and
/// torchvision's `ImageFolder` sort them; hidden files are ignored. Links to folders are followed; a
/// folder that is met twice in a class is read once. Names are bytes: class folders whose names are the
/// same text in composed and decomposed letters are one class. Opening a folder lists it and decodes
/// nothing: `unreadableImages` does that.
public struct ImageFolder: ClassifiedDataset {
  public typealias Input = Image

  /// One picture.
  public struct Entry: Hashable, Sendable {
    /// The path below the folder, beginning with the name of the class's folder.
    public let relativePath: FilePath
    /// The class, an index into `classes`.
    public let label: Int

    init(bytes: [UInt8], label: Int) {
      (relativePath, self.label) = (FilePath(bytes: bytes), label)
    }
  }

  /// What subfolders are that all hold folders of the same names.
  public enum SharedSubfolders: String, CaseIterable, Sendable {
    /// Parts of a split under names of their own: an error.
    case fail
    /// Classes like any others: what is below them is theirs.
    case ignore
  }

  /// The folder as it was given.
  public let path: FilePath
  /// The names of the subfolders, in order; bytes that are no UTF-8 as `\xE9`.
  public let classes: [String]
  /// All pictures, class by class, those of a class by name.
  public let entries: [Entry]
  /// What was left out of the folder, and the like.
  public let notices: [FolderNotice]

  init(path: FilePath, classes: [String], entries: [Entry], notices: [FolderNotice]) {
    (self.path, self.classes, self.entries, self.notices) = (path, classes, entries, notices)
  }

  /// Lists a folder whose subfolders are the classes.
  ///
  /// - Parameter sharedSubfolders: What it means where all subfolders hold folders of the same names.
  /// - Throws: `ImageFolderError` where the folder is missing or is none, holds fewer than two
  ///   classes, a class holds no picture, or the subfolders are the parts of a split.
  public init(_ path: FilePath, sharedSubfolders: SharedSubfolders = .fail) throws {
    let folders = try ClassFolders(in: path)
    let classes = folders.names
    if Self.looksSplit(classes) { throw ImageFolderError.splitFolders(path.display, classes) }
    guard let first = classes.first else { throw ImageFolderError.noClass(path.display) }
    if classes.count == 1 { throw ImageFolderError.oneClass(path.display, first) }
    if sharedSubfolders == .fail, let shared = try folders.sharedSubfolders() {
      throw ImageFolderError.sharedSubfolders(path.display, classes, shared)
    }
    let (entries, notices) = try folders.entries(of: classes)
    self.init(path: path, classes: classes, entries: entries, notices: notices)
    try requireSamplesOfEachClass()
  }

  /// Lists a folder whose subfolders are the classes; see ``init(_:sharedSubfolders:)``.
  public init(_ path: String, sharedSubfolders: SharedSubfolders = .fail) throws {
    try self.init(FilePath(path), sharedSubfolders: sharedSubfolders)
  }

  func requireSamplesOfEachClass() throws {
    let empty = zip(classes, counts).filter { $0.1 == 0 }.map(\.0)
    if !empty.isEmpty { throw ImageFolderError.emptyClasses(path.display, empty) }
  }

  /// How many pictures there are.
  public var count: Int { entries.count }

  /// The class of one picture.
  public func label(at index: Int) -> Int {
    entries[index].label
  }

  /// The hash of the picture's path in the folder: the same when other pictures come or go.
  public func identity(at index: Int) -> UInt64 {
    stableHash(of: entries[index].relativePath.bytes)
  }

  /// The path of one picture.
  public func path(at index: Int) -> FilePath {
    path.pushing(entries[index].relativePath)
  }

  /// One picture by its path, with its class.
  public func sample(at index: Int) -> Labeled<Image, Int> {
    Labeled(Image(fileAt: path(at: index)), label(at: index))
  }

  /// The pictures at `indices`, in that order.
  public func subset(_ indices: [Int]) -> ImageFolder {
    ImageFolder(
      path: path, classes: classes, entries: indices.map { entries[$0] }, notices: notices)
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
      labels: entries.map(\.label),
      tickets: entries.map { SplitIndices.ticket(of: $0.relativePath.bytes, seed: seed) },
      classCount: classes.count, validation: validation, stratified: stratified)
    return DatasetSplit(
      training: subset(parts.training), validation: subset(parts.validation))
  }
}
