/// A number as it lies in a file.
protocol StoredScalar: BitwiseCopyable {
  associatedtype Bits: FixedWidthInteger & UnsignedInteger
  /// The number with these bits, rounded to `Float`.
  static func value(ofBits bits: Bits) -> Float
}

extension Float: StoredScalar {
  static func value(ofBits bits: UInt32) -> Float { Float(bitPattern: bits) }
}

extension Double: StoredScalar {
  static func value(ofBits bits: UInt64) -> Float { Float(Double(bitPattern: bits)) }
}

/// IEEE 754 half precision.
enum Half: StoredScalar {
  static func value(ofBits bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7FFF) << 13
    let sign = UInt32(bits & 0x8000) << 16
    if bits & 0x7C00 == 0x7C00 { return Float(bitPattern: sign | magnitude | 0x7F80_0000) }
    // Moving the exponent by a product makes subnormal halves exact too.
    let value = Float(bitPattern: magnitude) * 0x1p112
    return Float(bitPattern: value.bitPattern | sign)
  }
}

/// The upper half of a `Float`.
enum BrainFloat: StoredScalar {
  static func value(ofBits bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
}

/// One byte, where everything but zero is true.
enum Truth: StoredScalar {
  static func value(ofBits bits: UInt8) -> Float { bits == 0 ? 0 : 1 }
}

extension StoredScalar where Self: FixedWidthInteger, Magnitude: FixedWidthInteger {
  static func value(ofBits bits: Magnitude) -> Float { Float(Self(truncatingIfNeeded: bits)) }
}

extension Int64: StoredScalar { typealias Bits = UInt64 }
extension Int32: StoredScalar { typealias Bits = UInt32 }
extension Int16: StoredScalar { typealias Bits = UInt16 }
extension Int8: StoredScalar { typealias Bits = UInt8 }
extension UInt64: StoredScalar { typealias Bits = UInt64 }
extension UInt32: StoredScalar { typealias Bits = UInt32 }
extension UInt16: StoredScalar { typealias Bits = UInt16 }
extension UInt8: StoredScalar { typealias Bits = UInt8 }
