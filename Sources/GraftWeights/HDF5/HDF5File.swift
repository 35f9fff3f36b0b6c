/// The part of HDF5 that h5py and Keras write, read without any library.
///
/// Covered: superblocks 0 to 3, object headers 1 and 2, groups as symbol tables or compact links,
/// datasets of plain numbers stored compactly, contiguously, or in chunks indexed by a version 1
/// B-tree with deflate, shuffle and checksums, and attributes that are texts. All else is refused
/// by name. Every address is checked against the file; nothing is followed recursively.
///
/// Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
struct HDF5File: Sendable {
  /// The file from its superblock on; addresses count from there.
  let bytes: ByteView
  /// The address of the root group's object header.
  let root: Int
  /// What may still be read of its structure.
  let allowance: HDF5Allowance

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  static func recognizes(_ bytes: ByteView) -> Bool { start(of: bytes) != nil }

  init(_ file: ByteView) throws {
    let start = Self.start(of: file) ?? 0
    bytes = try file.slice(at: start, count: file.count - start, "the superblock")
    var cursor = ByteCursor(bytes, at: Self.signature.count)
    let version = try cursor.read(UInt8.self, "the superblock")
    guard version <= 3 else {
      throw bytes.unsupported("uses HDF5 superblock version \(version); save it with h5py again")
    }
    let isOld = version < 2
    if isOld { try cursor.skip(4, "the superblock") }
    let addressByteCount = try cursor.read(UInt8.self, "the superblock")
    let lengthByteCount = try cursor.read(UInt8.self, "the superblock")
    guard addressByteCount == 8, lengthByteCount == 8 else {
      throw bytes.unsupported("uses HDF5 addresses of \(addressByteCount) bytes; 8 are supported")
    }
    // Then sizes of B-tree nodes and flags, which reading does not need.
    try cursor.skip(isOld ? (version == 0 ? 9 : 13) : 1, "the superblock")
    let base = try cursor.readSize(UInt64.self, "the base address")
    guard base == start else {
      throw bytes.unsupported("has an HDF5 base address of \(base) instead of \(start)")
    }
    try cursor.skip(8, "the superblock")
    let end = try cursor.read(UInt64.self, "the superblock")
    guard end <= UInt64(file.count) else {
      throw bytes.malformed(
        "should have \(end) bytes, but has \(file.count); it is truncated, so fetch it again")
    }
    // An old superblock ends with the root's entry in a symbol table: driver, name, address.
    if isOld { try cursor.skip(16, "the superblock") }
    root = try cursor.readSize(UInt64.self, "the address of the root group")
    allowance = HDF5Allowance(fileByteCount: bytes.count)
  }

  /// The superblock lies at 0, or behind a block for the user of 512 bytes, 1024, and so on.
  private static func start(of bytes: ByteView) -> Int? {
    var position = 0
    while position < bytes.count {
      if bytes.hasBytes(signature, at: position) { return position }
      position = max(512, position * 2)
      if position > 1 << 20 { return nil }
    }
    return nil
  }
}

extension ByteCursor {
  /// The next address; nil when it is the undefined one.
  mutating func readAddress(_ what: @autoclosure () -> String) throws -> Int? {
    let address = try read(UInt64.self, what())
    if address == .max { return nil }
    guard let value = Int(exactly: address) else {
      throw bytes.malformed("\(what()) has an impossible address")
    }
    return value
  }
}
