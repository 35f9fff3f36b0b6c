/// A number that a kernel divides indices by, as common/divisor.h takes it: the quotient is the upper
/// half of 2n · multiplier, shifted right. (Granlund and Montgomery 1994.)
struct Divisor: BitwiseCopyable, Equatable {
  let value: Int32
  /// 2^(31 + shift) / value, rounded up: exact for all n below 2^31.
  let multiplier: UInt32
  /// The binary logarithm of the value, rounded up.
  let shift: Int32

  /// - Parameter value: At least 1.
  init(_ value: Int32) {
    precondition(value > 0, "a divisor is positive")
    self.value = value
    shift = Int32(Int32.bitWidth - (value - 1).leadingZeroBitCount)
    let power = UInt64(1) << UInt64(31 + shift)
    multiplier = UInt32((power + UInt64(value) - 1) / UInt64(value))
  }
}
