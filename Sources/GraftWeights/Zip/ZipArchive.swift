/// The directory of a zip archive (PKWARE's APPNOTE, with its 64-bit extension).
///
/// Only the central directory is believed, and only as far as the file bears it out.
package struct ZipArchive: Sendable {
  let bytes: ByteView
  let entries: [ZipEntry]
  private let positions: [String: Int]

  init(_ bytes: ByteView) throws {
    self.bytes = bytes
    let directory = try ZipDirectory(locatedIn: bytes)
    var cursor = ByteCursor(
      try bytes.slice(at: directory.offset, count: directory.byteCount, "the archive's directory"))
    var entries: [ZipEntry] = []
    while cursor.remaining > 0 {
      entries.append(try ZipEntry(readingDirectory: &cursor, of: bytes))
    }
    guard entries.count == directory.entryCount else {
      throw bytes.malformed(
        "the archive says it has \(directory.entryCount) entries, but lists \(entries.count)")
    }
    // Entries that share bytes would let a small file unpack to any size.
    var packed = 0
    for entry in entries {
      packed += entry.compressedByteCount
      guard packed <= bytes.count else { throw bytes.malformed("the archive's entries overlap") }
    }
    self.entries = entries
    positions = Dictionary(
      entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    guard positions.count == entries.count else {
      throw bytes.malformed("the archive has two entries of the same name")
    }
  }

  /// The entry of this name, if there is one.
  subscript(name: String) -> ZipEntry? { positions[name].map { entries[$0] } }
}

/// Where the central directory lies.
private struct ZipDirectory {
  var entryCount: Int
  var byteCount: Int
  var offset: Int

  /// Finds the end record, which is followed by a comment of at most 65,535 bytes.
  init(locatedIn bytes: ByteView) throws {
    let recordByteCount = 22
    let first = max(0, bytes.count - recordByteCount - 0xFFFF)
    var position = bytes.count - recordByteCount
    while position >= first {
      if bytes.hasBytes([0x50, 0x4B, 0x05, 0x06], at: position) {
        let comment = try bytes.integer(UInt16.self, at: position + 20, "the archive's comment")
        if position + recordByteCount + Int(comment) == bytes.count { break }
      }
      position -= 1
    }
    guard position >= first else {
      throw bytes.malformed(
        "the archive has no end record; the file is truncated, so fetch it again")
    }
    var cursor = ByteCursor(bytes, at: position + 4)
    let disks = try cursor.read(UInt32.self, "the archive's disk numbers")
    let here = try cursor.readSize(UInt16.self, "the number of entries")
    entryCount = try cursor.readSize(UInt16.self, "the number of entries")
    byteCount = try cursor.readSize(UInt32.self, "the size of the directory")
    offset = try cursor.readSize(UInt32.self, "the offset of the directory")
    let locator = position - 20
    if bytes.hasBytes([0x50, 0x4B, 0x06, 0x07], at: locator) {
      try read64(bytes, locator)
    } else if disks != 0 || here != entryCount {
      throw bytes.unsupported("the archive is split over several files; join them first")
    }
  }

  private mutating func read64(_ bytes: ByteView, _ locator: Int) throws {
    var cursor = ByteCursor(bytes, at: locator + 8)
    let record = try cursor.readSize(UInt64.self, "the offset of the 64-bit end record")
    guard bytes.hasBytes([0x50, 0x4B, 0x06, 0x06], at: record) else {
      throw bytes.malformed("the archive's 64-bit end record is not where it should be")
    }
    let fields = try bytes.slice(at: record, count: 56, "the 64-bit end record")
    cursor = ByteCursor(fields, at: 32)
    entryCount = try cursor.readSize(UInt64.self, "the number of entries")
    byteCount = try cursor.readSize(UInt64.self, "the size of the directory")
    offset = try cursor.readSize(UInt64.self, "the offset of the directory")
  }
}
