import GraftData

extension SeededGenerator {
  /// Changes, turns and removes bytes here and there; some are always left.
  ///
  /// - Parameters:
  ///   - bytes: What is damaged.
  ///   - limit: The most edits, of which there is at least one.
  ///   - headerByteCount: Half of the edits are among so many first bytes, where sizes and offsets are;
  ///     by default anywhere.
  mutating func damage(_ bytes: inout [UInt8], atMost limit: Int, headerByteCount: Int? = nil) {
    for _ in 0...nextInt(below: limit) {
      var reach = bytes.count
      if let headerByteCount, nextInt(below: 2) == 1 { reach = min(reach, headerByteCount) }
      let at = nextInt(below: reach)
      switch nextInt(below: 4) {
      case 0: bytes[at] = UInt8(nextInt(below: 256))
      case 1: bytes[at] ^= 1 << UInt8(nextInt(below: 8))
      case 2: bytes[at] = 0xff
      default: bytes.removeSubrange(at..<min(at + nextInt(below: 9), bytes.count))
      }
      if bytes.isEmpty { bytes = [0] }
    }
  }
}
