import Foundation
import Synchronization

/// The values of one batch.
///
/// Unchecked: a memory is written by the workers that own different samples of it, and read only after
/// they are all done.
final class BatchMemory: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<Float>

  /// Vector loads of any width and device transfers like memory that starts a page.
  private static let alignment = 4096

  /// - Throws: `BatchLoaderError` where the memory cannot be had.
  init(valueCount: Int) throws {
    let byteCount = max(valueCount, 1) * MemoryLayout<Float>.stride
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, Self.alignment, byteCount) == 0, let raw else {
      throw BatchLoaderError.outOfMemory(byteCount: byteCount)
    }
    values = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Float.self, capacity: valueCount), count: valueCount)
  }

  deinit {
    free(values.baseAddress)
  }
}

/// Batch memories and preparers that no epoch uses at the moment.
final class BatchPool: Sendable {
  /// The values of one batch memory.
  let valueCount: Int

  private let spare = Mutex(Spare())

  private struct Spare {
    var memories: [BatchMemory] = []
    var preparers: [SparePreparer] = []
  }

  /// Unchecked: a preparer is used by one thread at a time, and the pool's lock lies between two.
  private struct SparePreparer: @unchecked Sendable {
    let preparer: ImagePreparer
  }

  init(valueCount: Int) {
    self.valueCount = valueCount
  }

  func takeMemories(_ count: Int) throws -> [BatchMemory] {
    try spare.withLock { spare in
      try (0..<count).map { _ in
        try spare.memories.popLast() ?? BatchMemory(valueCount: valueCount)
      }
    }
  }

  func giveBack(_ memories: [BatchMemory]) {
    spare.withLock { $0.memories += memories }
  }

  func takePreparer() -> ImagePreparer? {
    spare.withLock { $0.preparers.popLast() }?.preparer
  }

  func giveBack(_ preparer: ImagePreparer) {
    let spared = SparePreparer(preparer: preparer)
    spare.withLock { $0.preparers.append(spared) }
  }
}
