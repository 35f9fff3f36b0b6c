import Foundation

/// The content of one file at a time, in memory that is reused from file to file.
///
/// The file is read, not mapped: another program that shortens a mapped file would end this one.
final class FileBytes {
  private var storage: UnsafeMutableRawPointer?
  private var capacity = 0

  deinit {
    free(storage)
  }

  /// Reads a whole regular file and passes its bytes, valid during the call only.
  ///
  /// - Throws: `ImageError` with the path where the file cannot be read; whatever `body` throws.
  func withContents<Result>(
    of path: FilePath, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    defer { withExtendedLifetime(self) {} }
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    let path = path.display
    guard descriptor >= 0 else { throw systemError(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ImageError(path: path, reason: .unreadable("not a regular file"))
    }
    let byteCount = try readAll(descriptor, expecting: Int(status.st_size), path: path)
    guard byteCount > 0, let storage else { throw ImageError(path: path, reason: .empty) }
    return try body(UnsafeRawBufferPointer(start: storage, count: byteCount))
  }

  private func readAll(_ descriptor: Int32, expecting size: Int, path: String) throws -> Int {
    var count = 0
    try reserve(size, path: path)
    while count < size, let storage {
      let result = read(descriptor, storage + count, size - count)
      if result < 0 {
        if errno == EINTR { continue }
        throw systemError(path)
      }
      if result == 0 { break }
      count += result
    }
    return count
  }

  private func reserve(_ byteCount: Int, path: String) throws {
    guard byteCount > capacity else { return }
    guard let larger = realloc(storage, byteCount) else {
      throw ImageError(path: path, reason: .outOfMemory(byteCount: byteCount))
    }
    storage = larger
    capacity = byteCount
  }

  private func systemError(_ path: String) -> ImageError {
    ImageError(path: path, reason: .unreadable(String(cString: strerror(errno))))
  }
}
