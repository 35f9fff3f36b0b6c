/// Pictures by path, without labels. Bytes of a path that are no UTF-8 are written as
/// `FilePath.display` writes them.
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
    try preparer.prepare(fileAt: FilePath(display: paths[index]), into: values)
  }
}
