/// The kinds of picture files, told apart by their first bytes and never by their names.
public enum ImageFormat: String, CaseIterable, Codable, Sendable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webP = "WebP"
  case gif = "GIF"
  case bmp = "BMP"
  /// PBM, PGM and PPM, as text or binary.
  case pnm = "PNM"
  case tiff = "TIFF"
  /// HEIC and AVIF, for which libheif must be installed.
  case heif = "HEIF"

  /// What a message calls all of them.
  static let names = "JPEG, PNG, WebP, GIF, BMP, PPM, TIFF, HEIC or AVIF"

  /// The format that the first bytes of a file announce, if it is one that Graft decodes.
  public init?(sniffing bytes: UnsafeRawBufferPointer) {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if has("RIFF"), has("WEBP", at: 8) {
      self = .webP
    } else if has("GIF87a") || has("GIF89a") {
      self = .gif
    } else if has("BM") {
      self = .bmp
    } else if has("II*\0") || has("MM\0*") || has("II+\0") || has("MM\0+") {
      self = .tiff
    } else if has("ftyp", at: 4), Self.heifBrands.contains(where: { has($0, at: 8) }) {
      self = .heif
    } else if Self.startsLikePNM(bytes) {
      self = .pnm
    } else {
      return nil
    }
  }

  private static let heifBrands = [
    "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "msf1", "avif", "avis",
  ]

  private static func startsLikePNM(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P") else { return false }
    return (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(bytes[1])
      && [UInt8(ascii: " "), UInt8(ascii: "#"), 9, 10, 13].contains(bytes[2])
  }

  /// Whether text hardly ever starts as files of this format do.
  var isCertain: Bool { self != .bmp && self != .pnm }

  /// How many bytes `init(sniffing:)` looks at.
  static let signatureByteCount = 12

  /// The name of a well-known format that Graft does not decode, for the error message.
  static func foreignName(sniffing bytes: UnsafeRawBufferPointer) -> String? {
    let signatures: [(offset: Int, text: String, name: String)] = [
      (0, "8BPS", "PSD"), (4, "jP  ", "JPEG 2000"), (4, "JXL ", "JPEG XL"),
      (0, "%PDF", "PDF"), (0, "<svg", "SVG"), (0, "<?xml", "XML"), (0, "<!DOCTYPE", "HTML"),
      (0, "<html", "HTML"),
    ]
    return signatures.first { signature in
      bytes.dropFirst(signature.offset).starts(with: Array(signature.text.utf8))
    }?.name
  }
}
