/// The Python dictionary at the start of a `.npy` file:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NumPyHeader {
  let elementType: StoredElementType
  let byteOrder: ByteOrder
  let view: StridedView

  /// The header, or nil when it describes anything but an array of plain numbers.
  init?(_ text: String) {
    guard let description = Self.value(of: "descr", in: text), description.first == "'",
      let type = Self.type(description.dropFirst().prefix { $0 != "'" }),
      let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.value(of: "shape", in: text), shape.first == "("
    else { return nil }
    var extents: [Int] = []
    for part in shape.dropFirst().prefix(while: { $0 != ")" }).split(separator: ",") {
      let digits = part.drop { $0 == " " }
      if digits.isEmpty { continue }
      guard let extent = Int(digits), extents.count < 64 else { return nil }
      extents.append(extent)
    }
    let isReversed = order.hasPrefix("True")
    guard isReversed || order.hasPrefix("False"),
      let dense = StridedView(isReversed ? extents.reversed() : extents)
    else { return nil }
    (elementType, byteOrder) = type
    view = isReversed ? dense.permuted(extents.indices.reversed()) : dense
  }

  private static func value(of key: String, in text: String) -> Substring? {
    // Looking for the quoted key is enough: no value that is accepted can contain it.
    guard let range = text.firstRange(of: "'\(key)':") else { return nil }
    return text[range.upperBound...].drop { $0 == " " }
  }

  /// The type of a description such as `<f4`.
  static func type(_ description: Substring) -> (StoredElementType, ByteOrder)? {
    guard let order = description.first, let type = elementTypes[String(description.dropFirst())]
    else { return nil }
    switch order {
    case "<", "|", "=": return (type, .littleEndian)
    case ">": return (type, .bigEndian)
    default: return nil
    }
  }

  private static let elementTypes: [String: StoredElementType] = [
    "f8": .float64, "f4": .float32, "f2": .float16, "i8": .int64, "i4": .int32, "i2": .int16,
    "i1": .int8, "u8": .uint64, "u4": .uint32, "u2": .uint16, "u1": .uint8, "b1": .bool,
  ]
}
