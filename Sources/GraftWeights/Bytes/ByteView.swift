import Foundation

/// A range of bytes that are really there; every access is checked against it.
struct ByteView: Sendable {
  let storage: ByteStorage
  private let range: Range<Int>
  static let greatestNameByteCount = 1 << 12
  private static let greatestTextByteCount = 1 << 26

  /// All bytes of a storage.
  init(_ storage: ByteStorage) {
    self.storage = storage
    range = 0..<storage.bytes.count
  }

  private init(_ storage: ByteStorage, _ range: Range<Int>) {
    self.storage = storage
    self.range = range
  }

  var count: Int { range.count }

  /// The `count` bytes that start `offset` bytes into this view.
  ///
  /// - Throws: `WeightFileError` with `.malformed` when they reach outside of it.
  func slice(at offset: Int, count: Int, _ what: @autoclosure () -> String) throws -> ByteView {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw malformed(
        "\(what()) should take \(count) bytes at \(offset), but there are \(self.count) bytes; "
          + "the file is truncated or damaged, so fetch it again")
    }
    let start = range.lowerBound + offset
    return ByteView(storage, start..<start + count)
  }

  /// A little-endian integer that starts `offset` bytes into this view.
  func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, at offset: Int, _ what: @autoclosure () -> String
  ) throws -> Value {
    let bytes = try slice(at: offset, count: MemoryLayout<Value>.size, what())
    return bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(as: Value.self)) }
  }

  /// Whether the bytes at `offset` are exactly these.
  func hasBytes(_ expected: [UInt8], at offset: Int = 0) -> Bool {
    guard let bytes = try? slice(at: offset, count: expected.count, "") else { return false }
    return bytes.withUnsafeBytes { $0.elementsEqual(expected) }
  }

  /// The whole view as text.
  func text(_ what: @autoclosure () -> String) throws -> String {
    guard count <= Self.greatestTextByteCount else {
      throw malformed("\(what()) has \(count) bytes, more than any text")
    }
    guard let text = withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw malformed("\(what()) is not valid UTF-8")
    }
    return text
  }

  /// The whole view as the name of something: none is as long as a text may be.
  func name(_ what: @autoclosure () -> String) throws -> String {
    guard count <= Self.greatestNameByteCount else {
      throw malformed("\(what()) has \(count) bytes, more than any name")
    }
    return try text(what())
  }

  func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    // The storage owns the memory: it has to outlive the call.
    try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(rebasing: storage.bytes[range]))
    }
  }

  /// Tells that these bytes are unlikely to be read again soon.
  func release() { storage.release(range) }

  func malformed(_ explanation: String) -> WeightFileError {
    WeightFileError(file: storage.file, problem: .malformed, explanation: explanation)
  }

  func unsupported(_ explanation: String) -> WeightFileError {
    WeightFileError(file: storage.file, problem: .unsupported, explanation: explanation)
  }
}
