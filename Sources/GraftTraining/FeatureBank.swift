import Foundation
public import GraftGraph

/// What a frozen extractor gives for each sample, kept so that it runs only once for each.
///
/// Rows live in memory, or beyond a limit in a memory-mapped temporary file.
public final class FeatureBank {
  /// The values of one row, in order: their names and the type of a batch of one.
  public let values: [(name: String, type: TensorType)]
  /// How many rows there are.
  public let sampleCount: Int
  private let rowByteCount: Int
  private let storage: MappedStorage
  private var isFilled: [Bool]

  /// - Parameters:
  ///   - values: Names and types of the extractor's outputs for a batch of one sample.
  ///   - memoryLimit: Beyond this many bytes the rows live in a file.
  /// - Throws: ``FeatureBankError`` where there is no room.
  public init(
    values: [(name: String, type: TensorType)], sampleCount: Int, memoryLimit: Int
  ) throws {
    self.values = values
    self.sampleCount = sampleCount
    rowByteCount = values.reduce(0) { $0 + $1.type.byteCount }
    storage = try MappedStorage(
      byteCount: max(rowByteCount * sampleCount, 1), memoryLimit: memoryLimit)
    isFilled = Array(repeating: false, count: sampleCount)
  }

  /// The size of all rows in bytes.
  public var byteCount: Int { rowByteCount * sampleCount }
  /// Whether the rows live in a file rather than in memory.
  public var isInFile: Bool { storage.isInFile }
  /// Whether every sample has its row.
  public var isComplete: Bool { isFilled.allSatisfy { $0 } }
  /// The samples that have no row yet, in order.
  public var missing: [Int] { isFilled.indices.filter { !isFilled[$0] } }

  /// Keeps the rows of one value for some samples.
  ///
  /// - Parameters:
  ///   - bytes: A batch of the value; its first rows belong to `samples`, in order.
  ///   - position: The position of the value among ``values``.
  func store(_ bytes: UnsafeRawBufferPointer, of position: Int, for samples: [Int]) {
    let size = values[position].type.byteCount
    for (row, sample) in samples.enumerated() {
      let source = UnsafeRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
      slot(position, sample).copyMemory(from: source)
      if position == values.count - 1 { isFilled[sample] = true }
    }
  }

  /// Gathers the rows of one value for some samples into a batch.
  func gather(_ position: Int, of samples: [Int], into bytes: UnsafeMutableRawBufferPointer) {
    let size = values[position].type.byteCount
    for (row, sample) in samples.enumerated() {
      UnsafeMutableRawBufferPointer(rebasing: bytes[row * size..<(row + 1) * size])
        .copyMemory(from: UnsafeRawBufferPointer(slot(position, sample)))
    }
  }

  private func slot(_ position: Int, _ sample: Int) -> UnsafeMutableRawBufferPointer {
    let before = values[..<position].reduce(0) { $0 + $1.type.byteCount }
    let start = sample * rowByteCount + before
    return UnsafeMutableRawBufferPointer(
      rebasing: storage.bytes[start..<start + values[position].type.byteCount])
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
