/// The kinds of picture files, told apart by their first bytes and never by their names.
public enum ImageFormat: String, CaseIterable, Codable, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webP = "WebP"

  /// The format that the first bytes of a file announce, if it is one that Graft decodes.
  public init?(sniffing bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if bytes.starts(with: Array("RIFF".utf8)),
      bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    {
      self = .webP
    } else {
      return nil
    }
  }

  /// How many bytes `init(sniffing:)` looks at.
  static let signatureByteCount = 12

  /// The name of a well-known format that Graft does not decode, for the error message.
  static func foreignName(sniffing bytes: UnsafeRawBufferPointer) -> String? {
    let signatures: [(offset: Int, text: String, name: String)] = [
      (0, "GIF8", "GIF"), (0, "BM", "BMP"), (0, "II*\0", "TIFF"), (0, "MM\0*", "TIFF"),
      (4, "ftypheic", "HEIC"), (4, "ftypmif1", "HEIF"), (4, "ftypavif", "AVIF"),
      (0, "%PDF", "PDF"), (0, "<svg", "SVG"), (0, "<?xml", "XML"), (0, "<!DOCTYPE", "HTML"),
      (0, "<html", "HTML"),
    ]
    return signatures.first { signature in
      bytes.dropFirst(signature.offset).starts(with: Array(signature.text.utf8))
    }?.name
  }
}
