import Synchronization

/// How many bytes of headers, tables and texts may still be read from an HDF5 file.
///
/// In a sound file they don't overlap, so that together they are no larger than the file. A forged one
/// lets many objects share one large table, which would be read again for each of them.
final class HDF5Allowance: Sendable {
  private let rest: Mutex<Int>

  /// - Parameter fileByteCount: The size of the file; small structures may be read a few times.
  init(fileByteCount: Int) { rest = Mutex(4 * fileByteCount + 1 << 16) }

  /// - Throws: `WeightFileError` when more is read than the file can hold.
  func spend(_ byteCount: Int, in bytes: ByteView) throws {
    let isEnough = rest.withLock { rest in
      rest -= min(byteCount, rest + 1)
      return rest >= 0
    }
    guard isEnough else {
      throw bytes.malformed("has HDF5 objects that overlap; fetch the file again")
    }
  }
}
