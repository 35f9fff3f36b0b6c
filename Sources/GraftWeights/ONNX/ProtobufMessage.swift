/// The fields of one protobuf message, in the order of the file.
///
/// Source: "Protocol Buffers Encoding". Groups, which proto3 does not have, are refused.
struct ProtobufMessage {
  enum Value {
    case integer(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ByteView)
  }

  /// A short field takes far more memory than it has bytes; no network comes near.
  static let greatestFieldCount = 1 << 18

  let fields: [(number: Int, value: Value)]
  private let source: ByteView

  /// - Parameters:
  ///   - wanted: The numbers of the fields to keep; all when nil.
  ///   - greatestCount: How many of them there may be.
  init(
    _ bytes: ByteView, only wanted: Set<Int>? = nil, atMost greatestCount: Int = greatestFieldCount
  ) throws {
    var fields: [(Int, Value)] = []
    var cursor = ByteCursor(bytes)
    while cursor.remaining > 0 {
      let tag = try cursor.readVariableInteger()
      guard let number = Int(exactly: tag >> 3), number > 0, number < 1 << 29 else {
        throw bytes.malformed("has a protobuf field of an impossible number")
      }
      let value: Value
      switch tag & 7 {
      case 0: value = .integer(try cursor.readVariableInteger())
      case 1: value = .fixed64(try cursor.read(UInt64.self, "a protobuf field"))
      case 2:
        let count = try cursor.readVariableInteger()
        let size = Int(exactly: count) ?? .max
        value = .bytes(try cursor.slice(size, "a protobuf field"))
      case 5: value = .fixed32(try cursor.read(UInt32.self, "a protobuf field"))
      default: throw bytes.malformed("has a protobuf field of an unknown kind")
      }
      if wanted?.contains(number) ?? true { fields.append((number, value)) }
      guard fields.count <= greatestCount else {
        throw bytes.unsupported("has a protobuf message of more fields than any network")
      }
    }
    self.fields = fields
    source = bytes
  }

  /// The last integer of a field, which is the one that counts.
  func integer(_ number: Int) -> UInt64? {
    for field in fields.reversed() where field.number == number {
      if case .integer(let value) = field.value { return value }
    }
    return nil
  }

  /// The last bytes of a field.
  func bytes(_ number: Int) -> ByteView? { allBytes(number).last }

  /// All bytes of a repeated field.
  func allBytes(_ number: Int) -> [ByteView] {
    fields.compactMap { field in
      if field.number == number, case .bytes(let bytes) = field.value { bytes } else { nil }
    }
  }

  func text(_ number: Int) throws -> String? {
    try bytes(number)?.text("a text of the network")
  }

  /// A repeated integer, whether packed or not.
  ///
  /// - Parameter greatestCount: How many there may be; more are an error.
  func integers(_ number: Int, atMost greatestCount: Int) throws -> [UInt64] {
    var integers: [UInt64] = []
    func append(_ integer: UInt64) throws {
      guard integers.count < greatestCount else {
        throw source.malformed("has more than \(greatestCount) integers where that many may be")
      }
      integers.append(integer)
    }
    for field in fields where field.number == number {
      switch field.value {
      case .integer(let value): try append(value)
      case .bytes(let packed):
        var cursor = ByteCursor(packed)
        while cursor.remaining > 0 { try append(try cursor.readVariableInteger()) }
      default: break
      }
    }
    return integers
  }
}

extension ByteCursor {
  /// The next integer of seven bits a byte.
  mutating func readVariableInteger() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try read(UInt8.self, "a protobuf integer")
      if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
      if byte & 0x80 == 0 { return value }
    }
    throw bytes.malformed("has a protobuf integer without end")
  }
}
