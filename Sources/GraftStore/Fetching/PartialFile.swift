import Foundation

/// A file that is being fetched, by one process at a time.
final class PartialFile {
  private let path: String
  private var descriptor: Int32
  private(set) var byteCount: Int

  /// Opens or creates the file for appending.
  ///
  /// - Throws: ``WeightStoreError/busy(path:)``; `unwritable`.
  init(_ url: URL) throws {
    path = url.path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw WeightStoreError.unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    byteCount = Int(lseek(descriptor, 0, SEEK_END))
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      descriptor = -1
      throw WeightStoreError.busy(path: path)
    }
  }

  deinit { finish() }

  /// Lets others have the file; after this, nothing can be written.
  ///
  /// Unlocked first: a process that is just being started may hold a copy of the descriptor for a
  /// moment, and the lock with it.
  func finish() {
    guard descriptor >= 0 else { return }
    flock(descriptor, LOCK_UN)
    close(descriptor)
    descriptor = -1
  }

  /// Begins anew.
  func truncate() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw failure() }
    byteCount = 0
  }

  func append(_ data: Data) throws {
    try data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = write(descriptor, part.baseAddress, part.count)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { throw failure() }
        rest = rest.dropFirst(written)
        byteCount += written
      }
    }
  }

  private func failure() -> WeightStoreError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}
