import Foundation
import Synchronization

/// The bytes of one batch.
///
/// Unchecked: a memory is written by the workers that own different samples of it, and read only after
/// they are all done.
final class BatchMemory: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  /// Vector loads of any width and device transfers like memory that starts a page.
  private static let alignment = 4096

  /// - Throws: `BatchLoaderError` where the memory cannot be had.
  init(byteCount: Int) throws {
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, Self.alignment, max(byteCount, 1)) == 0, let raw else {
      throw BatchLoaderError.outOfMemory(byteCount: byteCount)
    }
    bytes = UnsafeMutableRawBufferPointer(start: raw, count: byteCount)
  }

  deinit {
    free(bytes.baseAddress)
  }
}

/// Batch memories and writers that no epoch uses at the moment.
final class BatchPool: Sendable {
  /// The bytes of one batch memory.
  let byteCount: Int

  private let spare = Mutex(Spare())

  private struct Spare {
    var memories: [BatchMemory] = []
    var writers: [SpareWriter] = []
  }

  /// Unchecked: a writer is used by one thread at a time, and the pool's lock lies between two.
  private struct SpareWriter: @unchecked Sendable {
    let writer: SampleReader.Writer
  }

  init(byteCount: Int) {
    self.byteCount = byteCount
  }

  func takeMemories(_ count: Int) throws -> [BatchMemory] {
    try spare.withLock { spare in
      try (0..<count).map { _ in
        try spare.memories.popLast() ?? BatchMemory(byteCount: byteCount)
      }
    }
  }

  func giveBack(_ memories: [BatchMemory]) {
    spare.withLock { $0.memories += memories }
  }

  func takeWriter() -> SampleReader.Writer? {
    spare.withLock { $0.writers.popLast() }?.writer
  }

  func giveBack(_ writer: @escaping SampleReader.Writer) {
    let spared = SpareWriter(writer: writer)
    spare.withLock { $0.writers.append(spared) }
  }
}
