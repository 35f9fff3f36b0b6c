/// A picture as a sample: where it comes from, not yet decoded.
public struct Image: Sendable {
  /// Where the pixels come from.
  public enum Source: Sendable {
    /// A file of any format that Graft reads.
    case file(FilePath)
    /// Decoded pixels.
    case pixels(RGBImage)
    /// Numbers that are taken as prepared already: height × width × channels, row-major.
    case values(ArraySlice<Float>, shape: [Int])
  }

  /// Where the pixels come from.
  public var source: Source
  /// Whether what is prepared is mirrored left to right.
  public var isMirrored = false

  /// A picture from a source.
  public init(_ source: Source) { self.source = source }

  /// A picture file.
  public init(fileAt path: FilePath) { source = .file(path) }

  /// A picture file. Bytes of the path that are no UTF-8 are written as `FilePath.display` writes them.
  public init(fileAt path: String) { source = .file(FilePath(display: path)) }

  /// Decoded pixels.
  public init(_ pixels: RGBImage) { source = .pixels(pixels) }
}
