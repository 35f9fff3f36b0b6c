/// Reads NumPy's `.npy` (one array, named `arr_0`) and `.npz` (a zip archive of them).
///
/// Source: `numpy/lib/format.py`, versions 1 to 3. Arrays of Python objects are refused.
enum NumPyReader {
  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  private static let greatestHeaderByteCount = 1 << 16

  static func recognizes(_ bytes: ByteView) -> Bool { bytes.hasBytes(magic) }

  static func read(_ bytes: ByteView) throws -> WeightFileContent {
    let tensor = try tensor("arr_0", beginning: bytes, byteCount: bytes.count) { bytes }
    return WeightFileContent(tensors: [tensor])
  }

  static func read(_ archive: ZipArchive) throws -> WeightFileContent {
    let tensors = try archive.entries.map { entry in
      try tensor(
        String(entry.name.dropLast(".npy".count)),
        beginning: entry.beginning(greatestHeaderByteCount), byteCount: entry.byteCount,
        bytes: { try entry.content() })
    }
    return WeightFileContent(tensors: tensors)
  }

  /// - Parameters:
  ///   - beginning: At least the header.
  ///   - byteCount: The size of header and elements together.
  private static func tensor(
    _ name: String, beginning: ByteView, byteCount: Int,
    bytes: @escaping @Sendable () throws -> ByteView
  ) throws -> StoredTensor {
    var cursor = ByteCursor(beginning)
    let what = "the header of array \(name)"
    guard beginning.hasBytes(magic) else {
      throw beginning.malformed("array \(name) is not in NumPy's format")
    }
    try cursor.skip(magic.count, what)
    let version = try cursor.read(UInt16.self, what) & 0xFF
    let headerByteCount =
      version == 1
      ? try cursor.readSize(UInt16.self, what) : try cursor.readSize(UInt32.self, what)
    guard headerByteCount <= greatestHeaderByteCount else {
      throw beginning.malformed("\(what) should have \(headerByteCount) bytes, more than any")
    }
    let text = try cursor.slice(headerByteCount, what)
    guard let header = NumPyHeader(try text.text(what)) else {
      throw beginning.unsupported(
        "array \(name) has a header that Graft does not read; only plain numbers are supported")
    }
    let start = cursor.position
    guard byteCount >= start else { throw beginning.malformed("array \(name) is cut off") }
    return try StoredTensor(
      name: name, elementType: header.elementType, view: header.view, byteOrder: header.byteOrder,
      storageByteCount: byteCount - start, file: beginning,
      bytes: {
        let bytes = try bytes()
        return try bytes.slice(at: start, count: bytes.count - start, "array \(name)")
      })
  }
}
