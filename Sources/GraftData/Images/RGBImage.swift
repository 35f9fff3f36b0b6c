import Foundation
import GraftImageCodecs
import GraftImageKernels

/// A decoded picture as a value: 8-bit red, green and blue.
public struct RGBImage: Equatable, Sendable {
  public let size: ImageSize
  /// Height x width x 3 bytes.
  public let pixels: [UInt8]

  /// - Parameter pixels: height x width x 3 bytes.
  public init(size: ImageSize, pixels: [UInt8]) {
    precondition(size.width > 0 && size.height > 0, "a picture has pixels")
    precondition(
      pixels.count == size.width * size.height * 3, "three bytes for each pixel")
    self.size = size
    self.pixels = pixels
  }

  /// Decodes a file, upright and laid over a background.
  ///
  /// - Throws: `ImageError` with the path.
  public init(
    contentsOf path: FilePath, background: Color = .white,
    pixelLimit: Int = ImagePreparer.defaultPixelLimit
  ) throws {
    self = try FileBytes().withContents(of: path) { bytes in
      do {
        return try RGBImage(encoded: bytes, background: background, pixelLimit: pixelLimit)
      } catch var error as ImageError {
        error.path = path.display
        throw error
      }
    }
  }

  /// Decodes a file, upright and laid over a background; see ``init(contentsOf:background:pixelLimit:)``.
  public init(
    contentsOf path: String, background: Color = .white,
    pixelLimit: Int = ImagePreparer.defaultPixelLimit
  ) throws {
    try self.init(
      contentsOf: FilePath(path), background: background, pixelLimit: pixelLimit)
  }

  /// Decodes a file held in memory, upright and laid over a background.
  ///
  /// - Throws: `ImageError` without a path.
  public init(
    encoded bytes: UnsafeRawBufferPointer, background: Color = .white,
    pixelLimit: Int = ImagePreparer.defaultPixelLimit
  ) throws {
    let decoder = ImageDecoder(pixelLimit: pixelLimit)
    defer { withExtendedLifetime(decoder) {} }
    let picture = try decoder.decode(bytes)
    if picture.hasAlpha { graft_composite(picture.pixels, picture.pixels, background.rgba) }
    self.init(picture.pixels)
  }

  init(_ view: GraftPixelView) {
    let (width, height) = (Int(view.width), Int(view.height))
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { pixels, count in
      for y in 0..<height {
        let row = view.bytes + y * view.rowByteCount
        for x in 0..<width {
          for channel in 0..<3 { pixels[count + channel] = row[4 * x + channel] }
          count += 3
        }
      }
    }
    self.init(size: view.size, pixels: pixels)
  }

  /// Writes the pixels, opaque, into a view of the same size.
  func copyPixels(to view: GraftPixelView) {
    for y in 0..<size.height {
      let row = view.bytes + y * view.rowByteCount
      for x in 0..<size.width {
        let first = 3 * (y * size.width + x)
        for channel in 0..<3 { row[4 * x + channel] = pixels[first + channel] }
        row[4 * x + 3] = 255
      }
    }
  }

  /// The picture at another size, with the bytes that Pillow's `resize` gives.
  ///
  /// - Throws: `ImageError` where there is no memory for it.
  public func resized(
    to target: ImageSize, by interpolation: Interpolation = .bicubic
  ) throws -> RGBImage {
    precondition(target.width > 0 && target.height > 0, "a picture has pixels")
    let (from, to) = (PixelBuffer(), PixelBuffer())
    defer { withExtendedLifetime((from, to)) {} }
    let source = try from.view(size)
    let result = try to.view(target)
    copyPixels(to: source)
    try Resampler().resize(
      source, to: target, keeping: .whole(target), by: interpolation, into: result)
    return RGBImage(result)
  }

  /// The picture scaled down, where it is larger, so that neither side is longer than `side`.
  ///
  /// - Throws: `ImageError` where there is no memory for it.
  public func thumbnail(side: Int) throws -> RGBImage {
    guard size.longerSide > side else { return self }
    func scaled(_ length: Int) -> Int {
      max(1, Int((Double(length) * Double(side) / Double(size.longerSide)).rounded()))
    }
    return try resized(to: ImageSize(width: scaled(size.width), height: scaled(size.height)))
  }

  /// The picture as a baseline JPEG file.
  ///
  /// - Parameter quality: 1 to 100.
  /// - Throws: `ImageError` where there is no memory for it or a side is longer than 65,535 pixels.
  public func jpegData(quality: Int = 85) throws -> Data {
    let buffer = PixelBuffer()
    defer { withExtendedLifetime(buffer) {} }
    let view = try buffer.view(size)
    copyPixels(to: view)
    var bytes: UnsafeMutablePointer<UInt8>?
    var byteCount = 0
    let outcome = graft_jpeg_encode(
      view.asCodecPixels, Int32(min(max(quality, 1), 100)), &bytes, &byteCount)
    guard outcome.status == GraftImageStatusDone, let bytes else {
      throw ImageError(reason: ImageError.Reason(outcome, .jpeg))
    }
    return Data(bytesNoCopy: bytes, count: byteCount, deallocator: .free)
  }
}
