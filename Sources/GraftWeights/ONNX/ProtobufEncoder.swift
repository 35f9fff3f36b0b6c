/// Encodes one protobuf message, field by field.
struct ProtobufEncoder {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ number: Int, _ value: Int) {
    tag(number, kind: 0)
    bytes.append(variable: UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ number: Int, _ value: Float) {
    tag(number, kind: 5)
    bytes.append(integer: value.bitPattern)
  }

  mutating func text(_ number: Int, _ value: String) { data(number, Array(value.utf8)) }

  mutating func data(_ number: Int, _ value: [UInt8]) {
    header(number, byteCount: value.count)
    bytes += value
  }

  mutating func message(_ number: Int, _ encode: (inout ProtobufEncoder) -> Void) {
    var encoder = ProtobufEncoder()
    encode(&encoder)
    data(number, encoder.bytes)
  }

  /// The tag and length of a field whose content follows elsewhere.
  mutating func header(_ number: Int, byteCount: Int) {
    tag(number, kind: 2)
    bytes.append(variable: UInt64(byteCount))
  }

  private mutating func tag(_ number: Int, kind: UInt64) {
    bytes.append(variable: UInt64(number) << 3 | kind)
  }
}

extension [UInt8] {
  fileprivate mutating func append(variable value: UInt64) {
    var rest = value
    while rest > 0x7F {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
