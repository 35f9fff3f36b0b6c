/// A TensorProto: its elements lie raw, or as a repeated field of a type that can hold them.
struct ONNXTensor {
  private enum Field {
    static let dimensions = 1
    static let elementType = 2
    static let floats = 4
    static let narrowIntegers = 5
    static let integers = 7
    static let name = 8
    static let raw = 9
    static let doubles = 10
    static let unsignedIntegers = 11
    static let external = 13
    static let location = 14
  }

  private let bytes: ByteView
  private let message: ProtobufMessage
  private let name: String

  init(_ bytes: ByteView) throws {
    self.bytes = bytes
    message = try ProtobufMessage(bytes)
    name = try message.bytes(Field.name)?.name("the name of a tensor") ?? ""
  }

  /// More axes than any tensor has.
  private static let greatestRank = 32

  /// The tensor, or nil when it holds texts.
  ///
  /// - Parameter files: Where its elements may lie instead.
  func stored(_ files: ONNXExternalFiles) throws -> StoredTensor? {
    let type = message.integer(Field.elementType) ?? 0
    if type == 8 { return nil }
    guard let elementType = Self.elementTypes[type] else {
      throw bytes.unsupported("tensor \(name) has element type \(type), which Graft does not read")
    }
    let extents = try message.integers(Field.dimensions, atMost: Self.greatestRank).map { extent in
      guard let extent = Int(exactly: extent) else {
        throw bytes.malformed("tensor \(name) has an impossible extent \(extent)")
      }
      return extent
    }
    guard let count = StridedView.count(of: extents),
      case (let byteCount, false) = count.multipliedReportingOverflow(by: elementType.byteCount)
    else { throw bytes.malformed("tensor \(name) has impossible extents \(extents)") }
    let data =
      if message.integer(Field.location) ?? 0 == 0 {
        try message.bytes(Field.raw) ?? elements(elementType, count)
      } else {
        try files.bytes(message.allBytes(Field.external), byteCount: byteCount, of: name)
      }
    guard data.count == byteCount else {
      throw bytes.malformed(
        "tensor \(name) of extents \(extents) has \(data.count) bytes; fetch the file again")
    }
    return try StoredTensor(name: name, elementType: elementType, extents: extents, bytes: data)
  }

  /// The elements of a repeated field, as they would lie raw.
  private func elements(_ type: StoredElementType, _ count: Int) throws -> ByteView {
    switch type {
    case .float32: return try fixed(Field.floats)
    case .float64: return try fixed(Field.doubles)
    case .int64: return try narrowed(Field.integers, count, to: type)
    case .uint32, .uint64: return try narrowed(Field.unsignedIntegers, count, to: type)
    default: return try narrowed(Field.narrowIntegers, count, to: type)
    }
  }

  /// A field of fixed width, which is raw when it is packed, as all writers do.
  private func fixed(_ number: Int) throws -> ByteView {
    let packed = message.allBytes(number)
    let isWhole = message.fields.count { $0.number == number } == packed.count
    guard packed.count <= 1, isWhole else {
      throw bytes.unsupported("tensor \(name) has its elements one by one; save it as raw data")
    }
    return try packed.first ?? bytes.slice(at: 0, count: 0, name)
  }

  /// Integers of variable length, cut to the width of the elements.
  private func narrowed(
    _ number: Int, _ count: Int, to type: StoredElementType
  ) throws -> ByteView {
    let integers = try message.integers(number, atMost: count)
    let width = type.byteCount
    let storage = try ByteStorage(
      file: bytes.storage.file, byteCount: integers.count * width
    ) { output in
      for (index, integer) in integers.enumerated() {
        for byte in 0..<width {
          output[index * width + byte] = UInt8(truncatingIfNeeded: integer >> UInt64(8 * byte))
        }
      }
    }
    return ByteView(storage)
  }

  private static let elementTypes: [UInt64: StoredElementType] = [
    1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool,
    10: .float16, 11: .float64, 12: .uint32, 13: .uint64, 16: .bfloat16,
  ]
}
