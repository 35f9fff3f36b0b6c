import GraftImageCodecs
import GraftImageKernels

/// Decodes pictures to RGBA as Pillow does, upright and with sizes taken from the file held.
///
/// JPEG: baseline, progressive, gray, CMYK and YCCK, accurate transform, smooth chroma. PNG: all
/// kinds; gamma and profiles are ignored. WebP: lossy and lossless. BMP, PNM, TIFF: see their readers
/// in `GraftImageCodecs`. GIF, and animations of any kind: the first frame. HEIC, AVIF: the primary
/// picture, where libheif is there. Samples of 16 bits keep their high byte in all formats (for 16-bit
/// gray Pillow's conversion saturates instead, which turns nearly every such picture white).
final class ImageDecoder {
  /// Files of more pixels are refused before anything is decoded.
  let pixelLimit: Int

  /// A decoded picture; the pixels belong to the decoder's buffers and live as long as it does, until
  /// it decodes another.
  struct Picture {
    var pixels: GraftPixelView
    /// The upright size of the whole picture, also where a smaller version was decoded.
    var fullSize: ImageSize
    var hasAlpha: Bool
  }

  private let decoded = PixelBuffer()
  private let turned = PixelBuffer()
  /// Shared by those who decode at the same time.
  var gate: LargePictureGate?
  private var isInGate = false

  /// - Parameter gate: Shared by those who decode at the same time.
  init(pixelLimit: Int = ImagePreparer.defaultPixelLimit, gate: LargePictureGate? = nil) {
    self.pixelLimit = pixelLimit
    self.gate = gate
  }

  /// Waits for other large pictures to be done, where this one is large as well.
  func waitForGate(_ size: ImageSize) {
    guard let gate, !isInGate, size.pixelCount ?? .max > LargePictureGate.pixelCount else { return }
    gate.enter()
    isInGate = true
  }

  /// Ends the life of the last picture; a large one's memory is given back before others may come.
  func finish() {
    guard isInGate else { return }
    decoded.giveBackIfLarge()
    turned.giveBackIfLarge()
    isInGate = false
    gate?.leave()
  }

  /// Decodes the bytes of one file.
  ///
  /// - Parameter neededSize: given the upright size of a JPEG, the least size worth decoding; a JPEG
  ///   is then decoded at 1/2, 1/4 or 1/8 where that is still as large. Nil decodes all.
  /// - Throws: `ImageError` without a path.
  func decode(
    _ bytes: UnsafeRawBufferPointer, neededSize: (ImageSize) throws -> ImageSize? = { _ in nil }
  ) throws -> Picture {
    defer { withExtendedLifetime(self) {} }
    guard !bytes.isEmpty else { throw ImageError(reason: .empty) }
    switch ImageFormat(sniffing: bytes) {
    case .jpeg: return try decodeJPEG(bytes, neededSize: neededSize)
    case .png: return try decodePNG(bytes)
    case .webP:
      let orientation = OrientationReader.orientation(webP: bytes)
      return try decodeWhole(
        bytes, .webP, orientation, graft_webp_read_header, graft_webp_decode)
    case .gif: return try decodeWhole(bytes, .gif, nil, graft_gif_read_header, graft_gif_decode)
    case .bmp: return try decodeWhole(bytes, .bmp, nil, graft_bmp_read_header, graft_bmp_decode)
    case .pnm: return try decodeWhole(bytes, .pnm, nil, graft_pnm_read_header, graft_pnm_decode)
    case .tiff: return try decodeWhole(bytes, .tiff, nil, graft_tiff_read_header, graft_tiff_decode)
    case .heif:
      let limit = UInt64(pixelLimit)
      return try decodeWhole(
        bytes, .heif, nil, { graft_heif_read_header($0, $1, limit, $2) }, graft_heif_decode)
    case nil:
      throw ImageError(reason: .unknownFormat(ImageFormat.foreignName(sniffing: bytes)))
    }
  }

  private func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, neededSize: (ImageSize) throws -> ImageSize?
  ) throws -> Picture {
    let orientation = OrientationReader.orientation(jpeg: bytes) ?? .upright
    var header = try jpegHeader(bytes, denominator: 1, orientation)
    let fullSize = orientation.apply(to: header.size)
    var denominator: Int32 = 1
    if let needed = try neededSize(fullSize) {
      denominator = Self.denominator(shrinking: fullSize, to: needed)
      if denominator > 1 {
        header = try jpegHeader(bytes, denominator: denominator, orientation)
      }
    }
    let pixels = try decoded.view(header.size)
    try check(
      graft_jpeg_decode(bytes.bytes, bytes.count, denominator, pixels.asCodecPixels), .jpeg)
    return Picture(
      pixels: try turn(pixels, orientation), fullSize: fullSize, hasAlpha: false)
  }

  private func jpegHeader(
    _ bytes: UnsafeRawBufferPointer, denominator: Int32, _ orientation: Orientation
  ) throws -> GraftImageHeader {
    var header = GraftImageHeader()
    let outcome = graft_jpeg_read_header(bytes.bytes, bytes.count, denominator, &header)
    // That there are too many pixels is said first, whether the file can hold them or not.
    if header.width > 0 { try checkLimit(orientation.apply(to: header.size)) }
    try check(outcome, .jpeg)
    return header
  }

  /// The greatest of 1, 2, 4 and 8 whose share of the size is at least the needed size.
  static func denominator(shrinking size: ImageSize, to needed: ImageSize) -> Int32 {
    for denominator in [8, 4, 2]
    where size.width >= needed.width * denominator && size.height >= needed.height * denominator {
      return Int32(denominator)
    }
    return 1
  }

  private func decodePNG(_ bytes: UnsafeRawBufferPointer) throws -> Picture {
    var header = GraftImageHeader()
    try check(graft_png_read_header(bytes.bytes, bytes.count, &header), .png)
    try checkLimit(header.size)
    let pixels = try decoded.view(header.size)
    var found = FoundOrientations()
    try check(
      withUnsafeMutablePointer(to: &found) { found in
        graft_png_decode(
          bytes.bytes, bytes.count, pixels.asCodecPixels, FoundOrientations.handler, found)
      }, .png)
    let orientation = found.best
    return Picture(
      pixels: try turn(pixels, orientation), fullSize: orientation.apply(to: header.size),
      hasAlpha: header.hasAlpha)
  }

  /// Decodes a format whose readers need nothing but the bytes.
  ///
  /// - Parameter orientation: Nil for what the header says.
  private func decodeWhole(
    _ bytes: UnsafeRawBufferPointer, _ format: ImageFormat, _ orientation: Orientation?,
    _ readHeader: (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<GraftImageHeader>) ->
      GraftImageOutcome,
    _ decode: (UnsafePointer<UInt8>, Int, GraftImagePixels) -> GraftImageOutcome
  ) throws -> Picture {
    var header = GraftImageHeader()
    try check(readHeader(bytes.bytes, bytes.count, &header), format)
    try checkLimit(header.size)
    let pixels = try decoded.view(header.size)
    try check(decode(bytes.bytes, bytes.count, pixels.asCodecPixels), format)
    let orientation = orientation ?? Orientation(rawValue: Int(header.orientation)) ?? .upright
    return Picture(
      pixels: try turn(pixels, orientation), fullSize: orientation.apply(to: header.size),
      hasAlpha: header.hasAlpha)
  }

  private func turn(
    _ pixels: GraftPixelView, _ orientation: Orientation
  ) throws -> GraftPixelView {
    guard orientation != .upright else { return pixels }
    let upright = try turned.view(orientation.apply(to: pixels.size))
    graft_turn_upright(pixels, upright, Int32(orientation.rawValue))
    return upright
  }

  private func checkLimit(_ size: ImageSize) throws {
    guard let count = size.pixelCount, count <= pixelLimit else {
      throw ImageError(
        reason: .tooManyPixels(width: size.width, height: size.height, limit: pixelLimit))
    }
    waitForGate(size)
  }

  private func check(_ outcome: GraftImageOutcome, _ format: ImageFormat) throws {
    guard outcome.status != GraftImageStatusDone else { return }
    throw ImageError(reason: ImageError.Reason(outcome, format))
  }
}

/// The orientations that a PNG's metadata name, gathered while it is decoded.
private struct FoundOrientations {
  var exif: Orientation?
  var text: Orientation?
  var xmp: Orientation?

  var best: Orientation { exif ?? text ?? xmp ?? .upright }

  /// Called from C with a pointer to a `FoundOrientations` as its context.
  static let handler: GraftImageMetadataHandler = { context, kind, bytes, byteCount in
    guard let found = context?.assumingMemoryBound(to: FoundOrientations.self) else { return }
    let metadata = UnsafeRawBufferPointer(start: bytes, count: byteCount)
    switch kind {
    case GraftImageMetadataExif:
      found.pointee.exif = OrientationReader.orientation(exif: metadata)
    case GraftImageMetadataExifText:
      found.pointee.text = OrientationReader.orientation(exifText: metadata)
    default:
      found.pointee.xmp = OrientationReader.orientation(xmp: metadata)
    }
  }
}

extension ImageError.Reason {
  init(_ outcome: GraftImageOutcome, _ format: ImageFormat) {
    let words = withUnsafeBytes(of: outcome.reason) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch outcome.status {
    case GraftImageStatusTruncated: self = .truncated(format, words)
    case GraftImageStatusUnsupported: self = .unsupported(format, words)
    case GraftImageStatusOutOfMemory: self = .outOfMemory(byteCount: 0)
    default: self = .damaged(format, words)
    }
  }
}

extension GraftImageHeader {
  fileprivate var size: ImageSize { ImageSize(width: Int(width), height: Int(height)) }
}

extension GraftPixelView {
  var asCodecPixels: GraftImagePixels {
    GraftImagePixels(
      bytes: bytes, rowByteCount: rowByteCount, width: UInt32(width), height: UInt32(height))
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes as C functions take them; the buffer must not be empty.
  fileprivate var bytes: UnsafePointer<UInt8> {
    baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
  }
}
