import Foundation

/// Writes a file so that it appears complete or not at all.
///
/// The content goes to a temporary file in the same folder, is forced to the disk, and is renamed.
struct AtomicFile: ~Copyable {
  private let destination: URL
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false

  /// Creates the temporary file beside `destination`.
  ///
  /// - Throws: `WeightFileError` with `.inaccessible`.
  init(replacing destination: URL) throws {
    self.destination = destination
    let name = ".\(destination.lastPathComponent).\(UInt64.random(in: 0 ... .max)).tmp"
    temporary = destination.deletingLastPathComponent().appendingPathComponent(name).path
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw WeightFileError(
        file: destination.path, problem: .inaccessible,
        explanation: "cannot be written: \(String(cString: strerror(errno)))")
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

  /// Makes the content durable and gives it the destination's name.
  consuming func finish() throws {
    guard fsync(descriptor) == 0 else { throw failure("cannot be forced to the disk") }
    guard rename(temporary, destination.path) == 0 else { throw failure("cannot be renamed") }
    isFinished = true
    // The new name is durable once the folder is; failing here leaves a sound file.
    let folder = open(destination.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
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
