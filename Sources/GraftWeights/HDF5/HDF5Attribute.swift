/// Attributes of HDF5 objects, as far as they are one text.
struct HDF5Attribute {
  let name: String
  /// Nil for anything but one text.
  let text: String?

  init(_ body: ByteView, in file: HDF5File) throws {
    let what = "an attribute"
    var cursor = ByteCursor(body)
    let version = try cursor.read(UInt8.self, what)
    try cursor.skip(1, what)
    let sizes = try (0..<3).map { _ in try cursor.readSize(UInt16.self, what) }
    if version == 3 { try cursor.skip(1, what) }
    func part(_ byteCount: Int) throws -> ByteView {
      let part = try cursor.slice(byteCount, what)
      // The first version pads every part to eight bytes.
      if version == 1 { try cursor.skip((8 - byteCount % 8) % 8, what) }
      return part
    }
    name = try Self.trimmed(part(sizes[0])) ?? ""
    let (type, space) = (try part(sizes[1]), try part(sizes[2]))
    let extents = try? HDF5Dataspace(space).extents
    let data = try cursor.slice(cursor.remaining, what)
    guard extents.flatMap({ StridedView.count(of: $0) }) == 1 else {
      text = nil
      return
    }
    switch try HDF5Datatype(type) {
    case .text(let byteCount):
      text = try Self.trimmed(data.slice(at: 0, count: byteCount, what))
    case .textReference: text = try Self.referenced(data, file)
    default: text = nil
    }
  }

  /// Text up to its first zero byte; nil when it is not UTF-8.
  private static func trimmed(_ bytes: ByteView) throws -> String? {
    let count = bytes.withUnsafeBytes { $0.firstIndex(of: 0) ?? $0.count }
    return try? bytes.slice(at: 0, count: count, "").text("")
  }

  /// Text in a collection of the global heap: length, address of the collection, number.
  private static func referenced(_ reference: ByteView, _ file: HDF5File) throws -> String? {
    let (what, bytes) = ("a text of an attribute", file.bytes)
    var cursor = ByteCursor(reference)
    let byteCount = try cursor.readSize(UInt32.self, what)
    let address = try cursor.readSize(UInt64.self, what)
    let wanted = try cursor.read(UInt32.self, what)
    guard bytes.hasBytes(Array("GCOL".utf8), at: address) else {
      throw bytes.malformed("\(what) is not where it should be; fetch the file again")
    }
    let size = try bytes.integer(UInt64.self, at: address + 8, what)
    let collection = try bytes.slice(
      at: address, count: Int(exactly: size) ?? -1, "a collection of texts")
    var objects = ByteCursor(collection, at: 16)
    var objectCount = 0
    while objects.remaining >= 16 {
      objectCount += 1
      let number = try objects.read(UInt16.self, what)
      try objects.skip(6, what)
      let objectByteCount = try objects.readSize(UInt64.self, what)
      if number == 0 { break }
      let object = try objects.slice(objectByteCount, what)
      if UInt32(number) == wanted {
        try file.allowance.spend(16 * objectCount, in: bytes)
        return try trimmed(object.slice(at: 0, count: byteCount, what))
      }
      try objects.skip(min((8 - objectByteCount % 8) % 8, objects.remaining), what)
    }
    throw bytes.malformed("\(what) is missing from its collection; fetch the file again")
  }
}

/// The extents of a dataset or an attribute.
struct HDF5Dataspace {
  /// Empty for a single value.
  let extents: [Int]

  init(_ message: ByteView) throws {
    let what = "a dataspace"
    var cursor = ByteCursor(message)
    let version = try cursor.read(UInt8.self, what)
    let rank = try cursor.read(UInt8.self, what)
    try cursor.skip(1, what)
    let kind = try cursor.read(UInt8.self, what)
    if version == 1 { try cursor.skip(4, what) }
    guard rank <= 32, version == 1 || (version == 2 && kind < 2) else {
      throw message.unsupported("has a dataset without plain extents, which Graft does not read")
    }
    extents = try (0..<rank).map { _ in try cursor.readSize(UInt64.self, what) }
  }
}
