import Foundation

/// Writes a file so that it appears complete or not at all.
///
/// The content goes to a temporary file in the same folder, is forced to the disk, and is renamed. A link
/// to a file stays one, and its file is replaced; nothing but a file ever is: not a device, as `/dev/null`.
struct AtomicFile: ~Copyable {
  private let destination: URL
  /// Where the file is, behind all links.
  private let place: URL
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// Creates the temporary file beside `destination`.
  ///
  /// - Throws: `WeightFileError` with `.inaccessible`.
  init(replacing destination: URL) throws {
    self.destination = destination
    place = destination.resolvingSymlinksInPath()
    let name = ".\(place.lastPathComponent).\(UInt64.random(in: 0 ... .max)).tmp"
    temporary = place.deletingLastPathComponent().appendingPathComponent(name).path
    let isFree = Self.holdsNothingButAFile(place)
    if isFree { Self.removeLeftovers(of: place) }
    descriptor = isFree ? open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) : -1
    guard descriptor >= 0 else {
      let reason = "cannot be written: \(String(cString: strerror(errno)))"
      throw WeightFileError(
        file: destination.path, problem: .inaccessible,
        explanation: isFree
          ? reason
          : "is a folder, a device or a pipe, which are not replaced; name a file to write")
    }
    flock(descriptor, LOCK_EX | LOCK_NB)
  }

  private static func holdsNothingButAFile(_ place: URL) -> Bool {
    var status = stat()
    return stat(place.path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
  }

  /// Removes what processes that were killed left of the same file: those that write hold a lock.
  private static func removeLeftovers(of destination: URL) {
    let folder = destination.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let (start, end) = (".\(destination.lastPathComponent).", ".tmp")
    for name in names where name.hasPrefix(start) && name.hasSuffix(end) {
      let digits = name.dropFirst(start.count).dropLast(end.count)
      guard UInt64(digits) != nil else { continue }
      let path = folder.appendingPathComponent(name).path
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  deinit {
    close(descriptor)
    if !isFinished { unlink(temporary) }
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failure("cannot be written") }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  func write(_ bytes: some ContiguousBytes) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Writes bytes at a place of their own.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var written = 0
    while written < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("cannot be written") }
      written += count
    }
  }

  /// Moves bytes that were written towards the beginning.
  func move(from source: Int, to target: Int, byteCount: Int) throws {
    guard source != target else { return }
    var buffer = [UInt8](repeating: 0, count: min(byteCount, 1 << 20))
    var moved = 0
    while moved < byteCount {
      let wanted = min(buffer.count, byteCount - moved)
      let count = pread(descriptor, &buffer, wanted, off_t(source + moved))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("cannot be read back") }
      try buffer.withUnsafeBytes {
        try write(UnsafeRawBufferPointer(rebasing: $0[..<count]), at: target + moved)
      }
      moved += count
    }
  }

  /// Cuts off, or fills up with zeros, what lies beyond a length.
  func truncate(to byteCount: Int) throws {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw failure("cannot be written") }
  }

  /// Makes the content durable and gives it the destination's name.
  consuming func finish() throws {
    guard fsync(descriptor) == 0 else { throw failure("cannot be forced to the disk") }
    guard rename(temporary, place.path) == 0 else { throw failure("cannot be renamed") }
    isFinished = true
    // The new name is durable once the folder is; failing here leaves a sound file.
    let folder = open(place.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private func failure(_ what: String) -> WeightFileError {
    WeightFileError(
      file: destination.path, problem: .inaccessible,
      explanation: "\(what): \(String(cString: strerror(errno)))")
  }
}
