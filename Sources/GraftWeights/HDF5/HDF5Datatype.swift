/// The datatypes of HDF5 that weights and their names have.
enum HDF5Datatype: Equatable, Sendable {
  case number(StoredElementType, ByteOrder)
  /// Bytes without a meaning of their own; Keras stores bfloat16 so.
  case opaque(byteCount: Int)
  /// Text padded to this many bytes.
  case text(byteCount: Int)
  /// Text in the global heap.
  case textReference
  case other

  init(_ message: ByteView) throws {
    let what = "a datatype"
    var cursor = ByteCursor(message)
    let kind = try cursor.read(UInt8.self, what) & 0x0F
    let flags = try cursor.read(UInt8.self, what)
    try cursor.skip(2, what)
    let byteCount = try cursor.readSize(UInt32.self, what)
    let order: ByteOrder = flags & 1 == 0 ? .littleEndian : .bigEndian
    switch kind {
    case 0:
      let precision = try message.integer(UInt16.self, at: 10, what)
      self = Self.integer(byteCount, isSigned: flags & 8 != 0, precision, order)
    case 1: self = try Self.real(message, byteCount, order)
    case 3: self = .text(byteCount: byteCount)
    case 5: self = .opaque(byteCount: byteCount)
    // h5py's truth values are an enumeration of one byte.
    case 8: self = byteCount == 1 ? .number(.bool, .littleEndian) : .other
    case 9: self = flags & 0x0F == 1 ? .textReference : .other
    default: self = .other
    }
  }

  private static func integer(
    _ byteCount: Int, isSigned: Bool, _ precision: UInt16, _ order: ByteOrder
  ) -> HDF5Datatype {
    let types: [Int: (signed: StoredElementType, unsigned: StoredElementType)] = [
      1: (.int8, .uint8), 2: (.int16, .uint16), 4: (.int32, .uint32), 8: (.int64, .uint64),
    ]
    guard let type = types[byteCount], Int(precision) == byteCount * 8 else { return .other }
    return .number(isSigned ? type.signed : type.unsigned, order)
  }

  /// IEEE 754 formats are told by the widths of exponent and mantissa.
  private static func real(
    _ message: ByteView, _ byteCount: Int, _ order: ByteOrder
  ) throws -> HDF5Datatype {
    let exponent = try message.integer(UInt8.self, at: 13, "a datatype")
    let mantissa = try message.integer(UInt8.self, at: 15, "a datatype")
    switch (byteCount, exponent, mantissa) {
    case (8, 11, 52): return .number(.float64, order)
    case (4, 8, 23): return .number(.float32, order)
    case (2, 5, 10): return .number(.float16, order)
    case (2, 8, 7): return .number(.bfloat16, order)
    default: return .other
    }
  }
}
