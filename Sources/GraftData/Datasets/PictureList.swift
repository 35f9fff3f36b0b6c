/// Pictures by path, without labels.
public struct PictureList: Dataset {
  /// The files.
  public let paths: [String]
  /// The classes that a model may find in them.
  public let classes: [String]

  /// The pictures at `paths`, in that order.
  public init(_ paths: [String], classes: [String] = []) {
    self.paths = paths
    self.classes = classes
  }

  /// All pictures below a folder, at any depth: folder by folder, those of a folder by name.
  ///
  /// - Throws: `ImageFolderError` where it is no folder or can't be read.
  public static func paths(below folder: String) throws -> [String] {
    try ImageFolderListing.requireFolder(folder)
    let trimmed = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    // Everything in the folder, as if it were that of a class without a name.
    return try ImageFolderListing(trimmed).samples(of: [""]).map { trimmed + $0.relativePath }
  }

  /// How many pictures there are.
  public var count: Int { paths.count }

  /// No picture has a label: always 0.
  public func label(at index: Int) -> Int { 0 }

  /// Decodes and prepares one picture.
  ///
  /// - Throws: `ImageError` with the path.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    try preparer.prepare(fileAt: paths[index], into: values)
  }
}
