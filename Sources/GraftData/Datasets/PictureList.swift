/// Pictures by path, without labels. Bytes of a path that are no UTF-8 are written as
/// `FilePath.display` writes them.
public struct PictureList: Dataset {
  /// The files.
  public let paths: [String]

  /// The pictures at `paths`, in that order.
  public init(_ paths: [String]) { self.paths = paths }

  /// How many pictures there are.
  public var count: Int { paths.count }

  /// One picture by its path.
  public func sample(at index: Int) -> Labeled<Image, Int> {
    Labeled(Image(fileAt: paths[index]))
  }
}
