/// A step that HDF5 applied to a chunk when it was written.
enum HDF5Filter: UInt16, Sendable {
  case deflate = 1
  case shuffle = 2
  /// A checksum of four bytes behind the data.
  case fletcher32 = 3

  /// The filters of a pipeline message, in the order of writing.
  static func pipeline(_ message: ByteView) throws -> [HDF5Filter] {
    let what = "a filter"
    var cursor = ByteCursor(message)
    let version = try cursor.read(UInt8.self, what)
    let count = try cursor.read(UInt8.self, what)
    if version == 1 { try cursor.skip(6, what) }
    return try (0..<count).map { _ in
      let number = try cursor.read(UInt16.self, what)
      guard let filter = HDF5Filter(rawValue: number) else {
        throw message.unsupported(
          "packs datasets by HDF5 filter \(number), which Graft does not read; use gzip or none")
      }
      let nameByteCount = version == 1 ? try cursor.readSize(UInt16.self, what) : 0
      try cursor.skip(2, what)
      let valueCount = try cursor.readSize(UInt16.self, what)
      try cursor.skip(nameByteCount + 4 * valueCount, what)
      if version == 1, !valueCount.isMultiple(of: 2) { try cursor.skip(4, what) }
      return filter
    }
  }

  /// The data as it was before this filter.
  func undo(
    _ data: ByteView, chunkByteCount: Int, _ elementByteCount: Int, _ what: String
  ) throws -> ByteView {
    switch self {
    case .deflate:
      return try Inflate.unpack(
        data, byteCount: chunkByteCount, windowBits: Inflate.withHeader, what)
    case .fletcher32:
      return try data.slice(at: 0, count: data.count - 4, what)
    case .shuffle:
      let storage = try ByteStorage(file: data.storage.file, byteCount: data.count) { output in
        data.withUnsafeBytes { Self.unshuffle($0, elementByteCount, into: output) }
      }
      return ByteView(storage)
    }
  }

  /// Brings the bytes of each element together again; what is no whole element stays at the end.
  private static func unshuffle(
    _ input: UnsafeRawBufferPointer, _ size: Int, into output: UnsafeMutableRawBufferPointer
  ) {
    let count = input.count / size
    for byte in 0..<size {
      for element in 0..<count { output[element * size + byte] = input[byte * count + element] }
    }
    for position in count * size..<input.count { output[position] = input[position] }
  }
}
