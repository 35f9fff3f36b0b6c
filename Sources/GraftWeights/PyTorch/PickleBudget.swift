/// How much memory a pickle may take, by the number of bytes that it takes in the file.
///
/// One byte of a pickle can ask for a hundred bytes of memory. Real ones ask for a few times their
/// size; what asks for more than any of them ends the reading before the memory is taken.
struct PickleBudget {
  private static let mebibyte = 1 << 20

  private var remaining: Int

  /// - Parameter byteCount: What the pickle takes in the file, compressed where it is.
  init(byteCount: Int) {
    // No more than this is read anyway; it keeps the products from overflowing.
    let byteCount = min(byteCount, 1 << 50)
    remaining = min(
      32 * Self.mebibyte + 48 * byteCount, 256 * Self.mebibyte + 4 * byteCount)
  }

  /// Takes memory for so many values and bytes; false where there is none left.
  mutating func take(values: Int, bytes: Int = 0) -> Bool {
    let (size, overflowed) = values.multipliedReportingOverflow(
      by: MemoryLayout<PickleValue>.stride)
    guard !overflowed, size <= remaining, bytes <= remaining - size else { return false }
    remaining -= size + bytes
    return true
  }
}
