import Foundation

/// Lets one large picture at a time into memory, however many threads prepare pictures.
///
/// One of 179 megapixels takes 716 MB while it is decoded, and as much again while it is turned or put on
/// a square; a few at a time would take more than many machines have.
final class LargePictureGate: Sendable {
  private let lock = NSLock()

  /// Pictures of more pixels are large: 64 MiB.
  static let pixelCount = 1 << 24

  func enter() { lock.lock() }
  func leave() { lock.unlock() }
}
