/// Why a picture could not be decoded, with its file.
public struct ImageError: Error, Equatable, Sendable {
  /// What is wrong with a picture.
  public enum Reason: Equatable, Sendable {
    /// The file cannot be read; the system's own words.
    case unreadable(String)
    /// The file has no bytes.
    case empty
    /// The content is of no known format; the name of what it seems to be, where known.
    case unknownFormat(String?)
    /// The file ends too early; the decoder's own words.
    case truncated(ImageFormat, String)
    /// The content breaks its format's rules; the decoder's own words.
    case damaged(ImageFormat, String)
    /// A valid file that uses a part of its format that the decoder lacks.
    case unsupported(ImageFormat, String)
    /// More pixels than the limit, in the file or after padding to a square.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// There is no room for this many bytes.
    case outOfMemory(byteCount: Int)
  }

  /// The file, or nil for a picture that came from memory.
  public var path: String?
  /// What is wrong with it.
  public var reason: Reason

  /// Says why a picture can't be used: that of a file, or without a path one from memory.
  public init(path: String? = nil, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    "\(path ?? "picture in memory"): \(reason)"
  }
}

extension ImageError.Reason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let words):
      "cannot be read (\(words))"
    case .empty:
      "the file is empty"
    case .unknownFormat(let name?):
      "this is \(name); convert it to \(ImageFormat.names)"
    case .unknownFormat(nil):
      "the content is no picture of a known format (\(ImageFormat.names))"
    case .truncated(let format, let words):
      "the \(format.rawValue) data is truncated (\(words))"
    case .damaged(let format, let words):
      "the \(format.rawValue) data is damaged (\(words))"
    case .unsupported(let format, let words):
      "this kind of \(format.rawValue) is not supported (\(words)); save it again in a common form"
    case .tooManyPixels(let width, let height, let limit):
      "\(width) x \(height) pixels are more than the limit of \(limit); scale the picture down "
        + "or raise the limit (--pixel-limit, in Swift Preprocessing.pixelLimit)"
    case .outOfMemory(let byteCount):
      "no memory for its \(byteCount) bytes of pixels"
    }
  }
}
