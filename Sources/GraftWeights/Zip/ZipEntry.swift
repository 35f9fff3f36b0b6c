/// One file of a zip archive, as the central directory describes it.
struct ZipEntry: Sendable {
  /// So much an entry may unpack to, however small it is packed.
  private static let freeByteCount = 64 << 20

  let name: String
  /// The unpacked size; for deflated entries a claim that unpacking verifies.
  let byteCount: Int
  let compressedByteCount: Int
  private let checksum: UInt32
  private let isDeflated: Bool
  private let localHeader: Int
  private let archive: ByteView

  /// Reads the next record of the central directory of `archive`.
  init(readingDirectory cursor: inout ByteCursor, of archive: ByteView) throws {
    self.archive = archive
    let what = "an entry of the archive's directory"
    guard try cursor.read(UInt32.self, what) == 0x0201_4B50 else {
      throw archive.malformed("the archive's directory is damaged; fetch the file again")
    }
    try cursor.skip(4, what)
    let flags = try cursor.read(UInt16.self, what)
    let method = try cursor.read(UInt16.self, what)
    try cursor.skip(4, what)
    checksum = try cursor.read(UInt32.self, what)
    let packed = try cursor.read(UInt32.self, what)
    let unpacked = try cursor.read(UInt32.self, what)
    let nameByteCount = try cursor.readSize(UInt16.self, what)
    let extraByteCount = try cursor.readSize(UInt16.self, what)
    let commentByteCount = try cursor.readSize(UInt16.self, what)
    try cursor.skip(8, what)
    let header = try cursor.read(UInt32.self, what)
    let name = try cursor.slice(nameByteCount, what).text("the name of an entry")
    let extra = try cursor.slice(extraByteCount, what)
    try cursor.skip(commentByteCount, what)

    var wide = try WideFields(extra)
    byteCount = try wide.size(unpacked)
    compressedByteCount = try wide.size(packed)
    localHeader = try wide.size(header)
    self.name = name
    guard flags & 1 == 0 else {
      throw archive.unsupported("\(name) in the archive is encrypted; unpack the archive first")
    }
    guard method == 0 || method == 8 else {
      throw archive.unsupported(
        "\(name) in the archive is compressed by method \(method); only deflate is supported")
    }
    isDeflated = method == 8
    guard isDeflated || byteCount == compressedByteCount else {
      throw archive.malformed("\(name) in the archive is stored, but in another size than its own")
    }
    // Deflate cannot shrink by more than 1032, so a greater claim is a lie and no size to allocate.
    guard !isDeflated || byteCount / 1032 <= compressedByteCount else {
      throw archive.malformed("\(name) in the archive claims an impossible unpacked size")
    }
    // Weights don't shrink like this; what does would take the machine's memory from a small file.
    guard !isDeflated || (byteCount - Self.freeByteCount) / 16 <= compressedByteCount else {
      throw archive.unsupported(
        "\(name) in the archive unpacks to \(byteCount) bytes from \(compressedByteCount); if you "
          + "trust it, unpack the archive and pack it again without compression")
    }
    _ = try packedBytes()
  }

  /// The unpacked content.
  func content() throws -> ByteView {
    let packed = try packedBytes()
    return isDeflated
      ? try Inflate.zipEntry(packed, byteCount: byteCount, checksum: checksum, name) : packed
  }

  /// At most the first `limit` bytes of the unpacked content, without checking the rest.
  func beginning(_ limit: Int) throws -> ByteView {
    let (packed, count) = (try packedBytes(), min(limit, byteCount))
    return isDeflated
      ? try Inflate.beginning(of: packed, byteCount: count, windowBits: Inflate.raw, name)
      : try packed.slice(at: 0, count: count, name)
  }

  private func packedBytes() throws -> ByteView {
    // The local header repeats the directory; only the lengths of its variable parts matter.
    let what = "\(name) in the archive"
    let header = try archive.slice(at: localHeader, count: 30, what)
    guard header.hasBytes([0x50, 0x4B, 0x03, 0x04]) else {
      throw archive.malformed("\(what) is not where the directory says; fetch the file again")
    }
    let nameByteCount = try header.integer(UInt16.self, at: 26, what)
    let extraByteCount = try header.integer(UInt16.self, at: 28, what)
    let start = localHeader + 30 + Int(nameByteCount) + Int(extraByteCount)
    return try archive.slice(at: start, count: compressedByteCount, what)
  }
}

/// The 64-bit values of an entry, in the order in which the 32-bit ones are saturated.
private struct WideFields {
  private var cursor: ByteCursor

  init(_ extra: ByteView) throws {
    var fields = ByteCursor(extra)
    while fields.remaining >= 4 {
      let tag = try fields.read(UInt16.self, "an extra field of the archive")
      let byteCount = try fields.readSize(UInt16.self, "an extra field of the archive")
      let field = try fields.slice(byteCount, "an extra field of the archive")
      if tag == 1 {
        cursor = ByteCursor(field)
        return
      }
    }
    cursor = ByteCursor(extra, at: extra.count)
  }

  mutating func size(_ narrow: UInt32) throws -> Int {
    narrow == .max ? try cursor.readSize(UInt64.self, "a 64-bit size of the archive") : Int(narrow)
  }
}
