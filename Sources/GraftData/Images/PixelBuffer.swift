import Foundation
import GraftImageKernels

/// Scratch memory for one picture of RGBA pixels, reused from picture to picture.
///
/// Views do not keep their buffer alive: whoever uses one extends the buffer's life.
final class PixelBuffer {
  private var bytes: UnsafeMutablePointer<UInt8>?
  private var capacity = 0

  /// A buffer far larger than what is asked for is given back above this many bytes, so that one
  /// huge picture does not hold its memory for the rest of the run.
  private static let keptByteCount = 64 << 20

  deinit {
    free(bytes)
  }

  /// A view of `size` pixels whose content is undefined; earlier views become invalid.
  ///
  /// - Throws: `ImageError` where the memory cannot be had.
  func view(_ size: ImageSize) throws -> GraftPixelView {
    let (byteCount, overflow) = (size.pixelCount ?? .max).multipliedReportingOverflow(by: 4)
    guard !overflow else { throw ImageError(reason: .outOfMemory(byteCount: .max)) }
    let isWasteful = capacity > Self.keptByteCount && capacity / 4 > byteCount
    if byteCount > capacity || isWasteful || bytes == nil {
      try replace(byteCount: max(byteCount, 1))
    }
    guard let bytes else { throw ImageError(reason: .outOfMemory(byteCount: byteCount)) }
    return GraftPixelView(
      bytes: bytes, rowByteCount: 4 * size.width, width: Int32(clamping: size.width),
      height: Int32(clamping: size.height))
  }

  /// Frees a buffer larger than what is kept between pictures; views become invalid.
  func giveBackIfLarge() {
    guard capacity > Self.keptByteCount else { return }
    free(bytes)
    (bytes, capacity) = (nil, 0)
  }

  private func replace(byteCount: Int) throws {
    free(bytes)
    bytes = nil
    capacity = 0
    guard let fresh = malloc(byteCount) else {
      throw ImageError(reason: .outOfMemory(byteCount: byteCount))
    }
    bytes = fresh.bindMemory(to: UInt8.self, capacity: byteCount)
    capacity = byteCount
  }
}

extension GraftPixelView {
  var size: ImageSize { ImageSize(width: Int(width), height: Int(height)) }

  /// A rectangle inside this view, which must hold it.
  func cropped(to rectangle: PixelRectangle) -> GraftPixelView {
    precondition(
      rectangle.x >= 0 && rectangle.y >= 0 && rectangle.x + rectangle.width <= Int(width)
        && rectangle.y + rectangle.height <= Int(height), "the rectangle leaves the picture")
    return GraftPixelView(
      bytes: bytes + rectangle.y * rowByteCount + 4 * rectangle.x, rowByteCount: rowByteCount,
      width: Int32(rectangle.width), height: Int32(rectangle.height))
  }
}

/// A rectangle of pixels; the origin is the top left.
struct PixelRectangle: Equatable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  var size: ImageSize { ImageSize(width: width, height: height) }

  static func whole(_ size: ImageSize) -> PixelRectangle {
    PixelRectangle(x: 0, y: 0, width: size.width, height: size.height)
  }

  /// The same part of the same picture at another size; at least one pixel.
  func scaled(from full: ImageSize, to size: ImageSize) -> PixelRectangle {
    guard full != size else { return self }
    func range(_ first: Int, _ count: Int, _ full: Int, _ length: Int) -> Range<Int> {
      let ratio = Double(length) / Double(full)
      let lower = min(Int((Double(first) * ratio).rounded()), length - 1)
      let upper = min(Int((Double(first + count) * ratio).rounded()), length)
      return lower..<max(upper, lower + 1)
    }
    let columns = range(x, width, full.width, size.width)
    let rows = range(y, height, full.height, size.height)
    return PixelRectangle(
      x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
  }
}
