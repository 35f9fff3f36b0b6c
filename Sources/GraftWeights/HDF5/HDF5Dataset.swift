/// A dataset of an HDF5 file: numbers of one type with their extents.
struct HDF5Dataset {
  private let object: HDF5Object
  private let bytes: ByteView
  private let extents: [Int]
  private let datatype: HDF5Datatype
  private let layout: ByteView

  /// The dataset, or nil when the object is none.
  init?(_ object: HDF5Object) throws {
    typealias Type = HDF5Object.MessageType
    guard let layout = try object.body(Type.layout), let space = try object.body(Type.dataspace),
      let type = try object.body(Type.datatype)
    else { return nil }
    self.object = object
    self.layout = layout
    bytes = object.file.bytes
    extents = try HDF5Dataspace(space).extents
    datatype = try HDF5Datatype(type)
    guard try object.body(Type.externalFiles) == nil else {
      throw bytes.unsupported("keeps a dataset in another file, which Graft does not open")
    }
  }

  /// The dataset as a tensor, or nil when its elements are no numbers.
  func tensor(named name: String) throws -> StoredTensor? {
    guard let (elementType, byteOrder) = try elementType() else { return nil }
    guard let count = StridedView.count(of: extents) else {
      throw bytes.malformed("dataset \(name) has impossible extents \(extents)")
    }
    var cursor = ByteCursor(layout)
    let what = "the layout of dataset \(name)"
    let version = try cursor.read(UInt8.self, what)
    let kind = try cursor.read(UInt8.self, what)
    var data: ByteView?
    switch (version, kind) {
    case (3...4, 0): data = try cursor.slice(cursor.readSize(UInt16.self, what), what)
    case (3...4, 1):
      let address = try cursor.readAddress(what)
      let byteCount = try cursor.readSize(UInt64.self, what)
      // Without an address, nothing was ever written.
      data = try bytes.slice(at: address ?? 0, count: address == nil ? 0 : byteCount, name)
    case (3, 2):
      let chunks = try HDF5Chunks(
        layout: cursor, filters: object.body(HDF5Object.MessageType.filters), extents: extents,
        elementByteCount: elementType.byteCount, object.file, name)
      let (byteCount, overflows) = count.multipliedReportingOverflow(by: elementType.byteCount)
      guard !overflows else {
        throw bytes.malformed("dataset \(name) has impossible extents \(extents)")
      }
      return try StoredTensor(
        name: name, elementType: elementType, view: StridedView(extents), byteOrder: byteOrder,
        storageByteCount: byteCount, file: bytes,
        bytes: { try chunks.assembled() })
    default: break
    }
    guard let data else {
      throw bytes.unsupported(
        "stores dataset \(name) in a form (\(version).\(kind)) that Graft does not read; "
          + "save it with h5py's default libver")
    }
    return try StoredTensor(
      name: name, elementType: elementType, view: StridedView(extents), byteOrder: byteOrder,
      storageByteCount: data.count, file: bytes, bytes: { data })
  }

  private func elementType() throws -> (StoredElementType, ByteOrder)? {
    switch datatype {
    case .number(let type, let order): return (type, order)
    case .opaque(byteCount: 2):
      let isBrainFloat = try object.attributes().contains {
        $0.name == "dtype" && $0.text == "bfloat16"
      }
      return isBrainFloat ? (.bfloat16, .littleEndian) : nil
    default: return nil
    }
  }
}

extension HDF5Object {
  /// The attributes in the header; those that are shared or kept elsewhere are left out.
  func attributes() throws -> [HDF5Attribute] {
    try messages.filter { $0.type == MessageType.attribute && !$0.isShared }
      .map { try HDF5Attribute($0.body, in: file) }
  }
}
