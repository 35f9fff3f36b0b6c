import Foundation
public import GraftData
public import GraftGraph

/// What a frozen extractor gives for each sample of one signature, kept so that it runs only once for
/// each, and what else of the sample the rest of the network and the loss read.
///
/// Rows live in memory, or beyond a limit in a memory-mapped temporary file.
public final class FeatureBank {
  /// What the extractor gives for one sample.
  public let frontier: [TensorSpec]
  /// What the samples consist of.
  public let origin: Signature
  /// What is kept as the sample brought it: inputs that are read behind the extractor, and targets.
  public let carried: [TensorSpec]
  /// How many rows there are.
  public var sampleCount: Int { rows.count }
  private let rowByteCount: Int
  private let storage: MappedStorage
  /// The row of each sample.
  private let rows: [Int: Int]
  private var isFilled: [Bool]
  private var ids: [UInt64]
  private var weights: [Float]

  /// - Parameters:
  ///   - origin: What the samples consist of.
  ///   - frontier: What the extractor gives for one sample.
  ///   - carried: What is kept as the sample brought it.
  ///   - samples: Positions of the samples in their source, in the order of their rows.
  ///   - memoryLimit: Beyond this many bytes the rows live in a file.
  /// - Throws: ``FeatureBankError`` where there is no room.
  public init(
    of origin: Signature, frontier: [TensorSpec], carried: [TensorSpec] = [], samples: [Int],
    memoryLimit: Int
  ) throws {
    (self.origin, self.frontier, self.carried) = (origin, frontier, carried)
    rowByteCount = (frontier + carried).reduce(0) { $0 + $1.type.byteCount }
    storage = try MappedStorage(
      byteCount: max(rowByteCount * samples.count, 1), memoryLimit: memoryLimit)
    rows = Dictionary(uniqueKeysWithValues: samples.enumerated().map { ($1, $0) })
    isFilled = Array(repeating: false, count: samples.count)
    ids = Array(repeating: 0, count: samples.count)
    weights = Array(repeating: 1, count: samples.count)
  }

  /// What a row consists of.
  public var signature: Signature { Signature(frontier + carried) }
  /// The size of all rows in bytes.
  public var byteCount: Int { rowByteCount * sampleCount }
  /// Whether the rows live in a file rather than in memory.
  public var isInFile: Bool { storage.isInFile }
  /// Whether every sample has its row.
  public var isComplete: Bool { isFilled.allSatisfy { $0 } }

  /// Keeps the rows of one tensor for the samples of a batch.
  ///
  /// - Parameter bytes: A batch of the tensor; its first rows belong to the samples, in order.
  func store(_ bytes: UnsafeRawBufferPointer, of name: String, for batch: Batch) {
    guard let (start, size) = place(of: name) else { return }
    for (index, sample) in batch.samples.enumerated() {
      guard let row = rows[sample] else { continue }
      slot(row, start, size).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size]))
      (isFilled[row], ids[row], weights[row]) = (true, batch.ids[index], batch.weights[index])
    }
  }

  /// A batch of the rows of some samples.
  ///
  /// - Throws: ``BatchLoaderError/outOfMemory(byteCount:)``.
  public func batch(of samples: [Int]) throws -> Batch {
    try batch(
      of: samples, position: 0,
      in: BatchMemories(signature, of: origin, capacity: samples.count))
  }

  /// A batch of the rows of some samples.
  func batch(of samples: [Int], position: Int, in memories: BatchMemories) throws -> Batch {
    let rows = samples.compactMap { self.rows[$0] }
    precondition(rows.count == samples.count, "samples are those whose features are kept")
    return try memories.makeBatch(
      of: samples, ids: rows.map { ids[$0] }, weights: rows.map { weights[$0] },
      position: position
    ) { tensor, bytes in
      guard let (start, size) = place(of: tensor.name) else { return }
      for (index, row) in rows.enumerated() {
        UnsafeMutableRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
          .copyMemory(from: UnsafeRawBufferPointer(slot(row, start, size)))
      }
    }
  }

  /// Where a tensor lies in a row, and how many bytes it has.
  private func place(of name: String) -> (start: Int, size: Int)? {
    var start = 0
    for tensor in frontier + carried {
      if tensor.name == name { return (start, tensor.type.byteCount) }
      start += tensor.type.byteCount
    }
    return nil
  }

  private func slot(_ row: Int, _ start: Int, _ size: Int) -> UnsafeMutableRawBufferPointer {
    let first = row * rowByteCount + start
    return UnsafeMutableRawBufferPointer(rebasing: storage.bytes[first..<first + size])
  }
}

/// A feature bank that finds no room.
public struct FeatureBankError: Error, CustomStringConvertible {
  /// What all rows take.
  public let byteCount: Int
  /// The system's own words.
  public let reason: String

  public var description: String {
    "the features of the frozen part need \(byteCount) bytes, and no room was found for them "
      + "(\(reason)); switch the feature cache off or free space for temporary files"
  }
}

/// Zeroed bytes in memory or in an unnamed temporary file.
private final class MappedStorage {
  let bytes: UnsafeMutableRawBufferPointer
  let isInFile: Bool

  init(byteCount: Int, memoryLimit: Int) throws {
    isInFile = byteCount > memoryLimit
    func reason() -> String { String(cString: strerror(errno)) }
    var descriptor: Int32 = -1
    if isInFile {
      var path = Array(
        FileManager.default.temporaryDirectory.appending(path: "graft-features-XXXXXX").path
          .utf8CString)
      descriptor = mkstemp(&path)
      guard descriptor >= 0 else {
        throw FeatureBankError(byteCount: byteCount, reason: reason())
      }
      unlink(path)
      // Reserving the blocks now turns a full disk into an error instead of a signal later.
      let status = posix_fallocate(descriptor, 0, off_t(byteCount))
      guard status == 0 else {
        close(descriptor)
        throw FeatureBankError(byteCount: byteCount, reason: String(cString: strerror(status)))
      }
    }
    let flags = isInFile ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
    let pointer = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, descriptor, 0)
    if descriptor >= 0 { close(descriptor) }
    guard let pointer, pointer != MAP_FAILED else {
      throw FeatureBankError(byteCount: byteCount, reason: reason())
    }
    bytes = UnsafeMutableRawBufferPointer(start: pointer, count: byteCount)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}
