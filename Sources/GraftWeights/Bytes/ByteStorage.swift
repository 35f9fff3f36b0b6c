import Foundation

/// Owns the bytes that views look at: a memory-mapped file, or memory filled by a decompressor.
///
/// Mapped files are read lazily by the operating system. Graft's own writers replace a file by
/// renaming, which leaves an existing mapping intact; a program that truncates a file in place
/// while it is mapped breaks every reader of it.
final class ByteStorage: @unchecked Sendable {  // immutable after initialization
  /// The path of the file that the bytes come from, for errors.
  let file: String
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Maps a regular file.
  ///
  /// - Throws: `WeightFileError` with `.inaccessible`, or `.malformed` when it is empty.
  init(mapping url: URL) throws {
    file = url.path
    // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.systemError(url.path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Self.systemError(url.path, "cannot be examined")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw WeightFileError(
        file: url.path, problem: .inaccessible, explanation: "is not a file; name a weight file")
    }
    let byteCount = Int(status.st_size)
    guard byteCount > 0 else {
      throw WeightFileError(file: url.path, problem: .malformed, explanation: "is empty")
    }
    guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw Self.systemError(url.path, "cannot be mapped into memory") }
    bytes = UnsafeRawBufferPointer(start: address, count: byteCount)
    isMapped = true
  }

  /// Takes memory of `byteCount` bytes and lets `fill` write all of it.
  ///
  /// - Throws: `WeightFileError` with `.inaccessible` where there is no such memory; what `fill`
  ///   throws.
  init(
    file: String, byteCount: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    self.file = file
    guard let address = malloc(max(byteCount, 1)) else {
      throw Self.lackOfMemory(file, byteCount)
    }
    let memory = UnsafeMutableRawBufferPointer(start: address, count: byteCount)
    do {
      try fill(memory)
    } catch {
      free(address)
      throw error
    }
    bytes = UnsafeRawBufferPointer(memory)
    isMapped = false
  }

  /// Gives the pages of a part of a mapped file back: they no longer count as this process's memory,
  /// and whoever reads them again gets them from the file.
  func release(_ range: Range<Int>) {
    guard isMapped, let base = bytes.baseAddress else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound / page * page
    guard first < end else { return }
    madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, Int32(MADV_DONTNEED))
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
  }

  /// Throws where the system would not give memory of this size, which an array could not tell.
  static func requireMemory(_ byteCount: Int, for file: String) throws {
    guard let address = malloc(max(byteCount, 1)) else { throw lackOfMemory(file, byteCount) }
    free(address)
  }

  private static func lackOfMemory(_ file: String, _ byteCount: Int) -> WeightFileError {
    WeightFileError(
      file: file, problem: .inaccessible,
      explanation: "asks for \(byteCount) bytes of memory at once, which the system does not give")
  }

  private static func systemError(_ file: String, _ what: String) -> WeightFileError {
    let reason = String(cString: strerror(errno))
    return WeightFileError(
      file: file, problem: .inaccessible, explanation: "\(what): \(reason)")
  }
}
