/// Reads a view from front to back.
struct ByteCursor: Sendable {
  let bytes: ByteView
  private(set) var position = 0

  init(_ bytes: ByteView, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  /// The next little-endian integer.
  mutating func read<Value: FixedWidthInteger>(
    _ type: Value.Type, _ what: @autoclosure () -> String
  ) throws -> Value {
    let value = try bytes.integer(type, at: position, what())
    position += MemoryLayout<Value>.size
    return value
  }

  /// The next little-endian integer, as a size or an offset: it has to fit `Int` and not be negative.
  mutating func readSize<Value: FixedWidthInteger>(
    _ type: Value.Type, _ what: @autoclosure () -> String
  ) throws -> Int {
    let value = try read(type, what())
    guard let size = Int(exactly: value), size >= 0 else {
      throw bytes.malformed("\(what()) cannot be \(value)")
    }
    return size
  }

  /// The next `count` bytes.
  mutating func slice(_ count: Int, _ what: @autoclosure () -> String) throws -> ByteView {
    let slice = try bytes.slice(at: position, count: count, what())
    position += count
    return slice
  }

  mutating func skip(_ count: Int, _ what: @autoclosure () -> String) throws {
    _ = try slice(count, what())
  }

  /// The bytes up to, and without, the next line feed, which is skipped too.
  mutating func line(_ what: @autoclosure () -> String) throws -> String {
    let rest = try bytes.slice(at: position, count: remaining, what())
    guard let length = rest.withUnsafeBytes({ $0.firstIndex(of: 0x0A) }) else {
      throw bytes.malformed("\(what()) does not end; the file is truncated or damaged")
    }
    let text = try slice(length, what()).text(what())
    position += 1
    return text
  }
}
