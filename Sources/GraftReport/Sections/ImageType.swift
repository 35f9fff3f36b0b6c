import Foundation

/// The kinds of images that every browser shows, by MIME type.
enum ImageType: String {
  case jpeg = "image/jpeg"
  case png = "image/png"
  case webP = "image/webp"
  case gif = "image/gif"

  /// The kind that the first bytes of a file tell; a name may lie.
  init?(of data: Data) {
    let start = Array(data.prefix(12))
    if start.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if start.starts(with: "RIFF".utf8), start.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webP
    } else if start.starts(with: "GIF8".utf8) {
      self = .gif
    } else {
      return nil
    }
  }
}
