extension PickleMachine {
  /// The value that an instruction spells out.
  mutating func literal(_ instruction: PickleInstruction) throws -> PickleValue {
    switch instruction {
    case .none: .none
    case .true: .boolean(true)
    case .false: .boolean(false)
    case .integer8: .integer(Int(try cursor.read(UInt8.self, what)))
    case .integer16: .integer(Int(try cursor.read(UInt16.self, what)))
    case .integer32: .integer(Int(try cursor.read(Int32.self, what)))
    case .long8: try integer(ofByteCount: Int(try cursor.read(UInt8.self, what)))
    case .long32: try integer(ofByteCount: cursor.readSize(Int32.self, what))
    case .real: .real(Double(bitPattern: try cursor.read(UInt64.self, what).byteSwapped))
    case .text8: try text(Int(try cursor.read(UInt8.self, what)))
    case .text32: try text(Int(try cursor.read(UInt32.self, what)))
    case .text64: try text(cursor.readSize(UInt64.self, what))
    case .oldText8: try oldText(Int(try cursor.read(UInt8.self, what)))
    case .oldText32: try oldText(cursor.readSize(Int32.self, what))
    case .bytes8: try bytes(Int(try cursor.read(UInt8.self, what)))
    case .bytes32: try bytes(Int(try cursor.read(UInt32.self, what)))
    default: try bytes(cursor.readSize(UInt64.self, what))
    }
  }

  private mutating func text(_ byteCount: Int) throws -> PickleValue {
    try charge(0, bytes: byteCount)
    return .text(try cursor.slice(byteCount, what).text("a text in the pickle"))
  }

  /// A string of Python 2, which wrote many of the older weight files: text, or else bytes.
  private mutating func oldText(_ byteCount: Int) throws -> PickleValue {
    try charge(0, bytes: byteCount)
    let start = cursor.position
    let slice = try cursor.slice(byteCount, what)
    return (try? slice.text("")).map { .text($0) } ?? .bytes(start..<cursor.position)
  }

  private mutating func bytes(_ byteCount: Int) throws -> PickleValue {
    let start = cursor.position
    try cursor.skip(byteCount, what)
    return .bytes(start..<cursor.position)
  }

  /// A little-endian two's complement integer of any length.
  private mutating func integer(ofByteCount byteCount: Int) throws -> PickleValue {
    let digits = try cursor.slice(byteCount, what)
    guard byteCount <= 8 else { return .opaque }
    return digits.withUnsafeBytes { digits in
      let isNegative = (digits.last ?? 0) & 0x80 != 0
      return .integer(
        digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
    }
  }
}
