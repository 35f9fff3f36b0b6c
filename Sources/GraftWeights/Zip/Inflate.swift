import CZlib

/// Decompression by zlib into memory of a size that is known, and bounded, beforehand.
enum Inflate {
  /// zlib's window for a deflate stream without a header.
  static let raw: Int32 = -15
  /// zlib's window for a stream with zlib's header and checksum.
  static let withHeader: Int32 = 15

  /// Unpacks an entry of a zip archive: a raw deflate stream with a CRC-32.
  static func zipEntry(
    _ packed: ByteView, byteCount: Int, checksum: UInt32, _ name: String
  ) throws -> ByteView {
    let unpacked = try unpack(packed, byteCount: byteCount, windowBits: raw, name)
    guard unpacked.withUnsafeBytes({ crc($0) }) == checksum else {
      throw packed.malformed("\(name) is damaged: its checksum differs; fetch the file again")
    }
    return unpacked
  }

  /// Unpacks a stream that must give exactly `byteCount` bytes.
  ///
  /// - Parameter windowBits: zlib's: negative for raw deflate, positive for the zlib format.
  static func unpack(
    _ packed: ByteView, byteCount: Int, windowBits: Int32, _ name: String
  ) throws -> ByteView {
    try run(packed, byteCount, windowBits, name) { stream, written in
      stream.isAtEnd && written == byteCount
    }
  }

  /// Unpacks the first `byteCount` bytes of a stream.
  static func beginning(
    of packed: ByteView, byteCount: Int, windowBits: Int32, _ name: String
  ) throws -> ByteView {
    try run(packed, byteCount, windowBits, name) { _, written in written == byteCount }
  }

  private static func run(
    _ packed: ByteView, _ byteCount: Int, _ windowBits: Int32, _ name: String,
    isSound: (inout InflateStream, Int) -> Bool
  ) throws -> ByteView {
    let storage = try ByteStorage(file: packed.storage.file, byteCount: byteCount) { output in
      let isSound = packed.withUnsafeBytes { input in
        guard var stream = InflateStream(input, windowBits: windowBits) else { return false }
        let written = stream.read(into: output)
        return isSound(&stream, written)
      }
      guard isSound else {
        throw packed.malformed("\(name) cannot be decompressed; fetch the file again")
      }
    }
    return ByteView(storage)
  }

  private static func crc(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var value = crc32(0, nil, 0)
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      value = crc32(value, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
    return UInt32(truncatingIfNeeded: value)
  }
}

/// A stream of zlib over input that stays in place while it is read.
private struct InflateStream: ~Copyable {
  // zlib keeps a pointer back to its stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: UnsafeRawBufferPointer
  private var status = Z_OK

  init?(_ input: UnsafeRawBufferPointer, windowBits: Int32) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    self.input = input
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else { return nil }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether the compressed data ended where its input did.
  var isAtEnd: Bool {
    mutating get {
      // The end may only be seen when there is room for one more byte, which must stay unused.
      if status == Z_OK {
        var spare: UInt8 = 0
        let produced = withUnsafeMutableBytes(of: &spare) { step(into: $0) }
        if produced > 0 { return false }
      }
      return status == Z_STREAM_END && input.isEmpty
    }
  }

  /// Fills the output as far as the stream goes and returns how many bytes it wrote.
  mutating func read(into output: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    while written < output.count, status == Z_OK {
      let before = input.count
      let produced = step(into: UnsafeMutableRawBufferPointer(rebasing: output[written...]))
      if produced == 0, input.count == before { break }
      written += produced
    }
    return written
  }

  private mutating func step(into output: UnsafeMutableRawBufferPointer) -> Int {
    // zlib counts in 32 bits, so long streams go through it in pieces.
    let (inputCount, outputCount) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
    let source = UnsafeMutableRawPointer(mutating: input.baseAddress)
    stream.pointee.next_in = source?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(inputCount)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputCount)
    status = inflate(stream, Z_NO_FLUSH)
    let consumed = inputCount - Int(stream.pointee.avail_in)
    input = UnsafeRawBufferPointer(rebasing: input[(input.startIndex + consumed)...])
    return outputCount - Int(stream.pointee.avail_out)
  }
}
