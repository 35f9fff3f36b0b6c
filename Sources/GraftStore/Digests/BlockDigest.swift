/// The inner function of a digest over blocks of 64 bytes.
protocol BlockCompression {
  /// Whether words, and the length at the end, are big-endian.
  static var isBigEndian: Bool { get }

  init()
  /// Takes in one block of 64 bytes.
  mutating func compress(_ block: UnsafeRawBufferPointer)
  /// The state as words.
  var words: [UInt32] { get }
}

/// A digest of bytes that come in pieces, by the construction of Merkle and Damgård.
struct BlockDigest<Compression: BlockCompression> {
  private static var blockByteCount: Int { 64 }
  private var compression = Compression()
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0

  /// Takes in the next bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let missing = rest.prefix(Self.blockByteCount - pending.count)
      pending += missing
      rest = rest.dropFirst(missing.count)
      guard pending.count == Self.blockByteCount else { return }
      pending.withUnsafeBytes { compression.compress($0) }
      pending = []
    }
    while rest.count >= Self.blockByteCount {
      compression.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockByteCount)))
      rest = rest.dropFirst(Self.blockByteCount)
    }
    pending += rest
  }

  /// The digest in hexadecimal digits.
  consuming func finish() -> String {
    let bitCount = byteCount &* 8
    var end: [UInt8] = [0x80]
    while (pending.count + end.count) % Self.blockByteCount != 56 { end.append(0) }
    let length = Compression.isBigEndian ? bitCount.bigEndian : bitCount.littleEndian
    withUnsafeBytes(of: length) { end += $0 }
    end.withUnsafeBytes { update($0) }
    return compression.words.flatMap { word in
      withUnsafeBytes(of: Compression.isBigEndian ? word.bigEndian : word.littleEndian, Array.init)
    }
    .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
