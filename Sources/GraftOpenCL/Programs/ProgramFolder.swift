public import Foundation
import GraftRandom
import GraftRuntime

/// Built programs on disk, one file each: magic, checksum of the rest, the key's length, the key,
/// the driver's binary.
///
/// Whatever is wrong with a file (truncated, of another key with the same hash, of another
/// version), it counts as not there: the program is built from source and written anew.
public struct ProgramFolder: Sendable {
  private static let magic = Array("GRAFTCLP".utf8)
  private static let headerByteCount = 24

  public let url: URL

  /// A folder, which need not exist yet.
  public init(url: URL) { self.url = url }

  /// `graft/programs` in the user's cache folder (XDG base directory specification).
  public static var standard: ProgramFolder { ProgramFolder(url: CacheFolder.named("programs")) }

  /// The binary kept for a key, or nil where there is no sound one.
  func binary(for key: ProgramKey) -> [UInt8]? {
    guard let data = try? Data(contentsOf: url.appending(path: key.fileName)) else { return nil }
    let bytes = [UInt8](data)
    let keyBytes = key.bytes
    let start = Self.headerByteCount + keyBytes.count
    guard bytes.count > start, bytes.starts(with: Self.magic),
      bytes[8..<16].elementsEqual(Self.littleEndian(stableHash(of: bytes[16...]))),
      bytes[16..<24].elementsEqual(Self.littleEndian(UInt64(keyBytes.count))),
      bytes[Self.headerByteCount..<start].elementsEqual(keyBytes)
    else { return nil }
    return Array(bytes[start...])
  }

  /// Keeps a binary. A folder that cannot be written only costs time at the next start.
  func store(_ binary: [UInt8], for key: ProgramKey) {
    let keyBytes = key.bytes
    let body = Self.littleEndian(UInt64(keyBytes.count)) + keyBytes + binary
    let file = Self.magic + Self.littleEndian(stableHash(of: body)) + body
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    // Atomic: written to a temporary file, then renamed.
    try? Data(file).write(to: url.appending(path: key.fileName), options: .atomic)
  }

  private static func littleEndian(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
