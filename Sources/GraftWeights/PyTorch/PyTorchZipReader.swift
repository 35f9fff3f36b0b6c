/// Reads what `torch.save` writes since 1.6: a zip archive with `data.pkl` and raw storages.
enum PyTorchZipReader {
  static func read(_ archive: ZipArchive) throws -> WeightFileContent {
    let pickles = archive.entries.filter { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
    guard let pickle = pickles.first, pickles.count == 1 else {
      throw archive.bytes.malformed(
        "the archive has \(pickles.count) data.pkl where one is expected")
    }
    let folder = String(pickle.name.dropLast("data.pkl".count))
    guard archive[folder + "constants.pkl"] == nil else {
      throw archive.bytes.unsupported(
        "is a TorchScript program, not only weights; in Python, load it with torch.jit.load and "
          + "save its weights: torch.save(module.state_dict(), path)")
    }
    var machine = PickleMachine(ByteCursor(try pickle.content()))
    let root = try machine.run()
    let state = try PyTorchStateDictionary(machine, root: root)
    let byteOrder = try byteOrder(archive[folder + "byteorder"])
    var content = WeightFileContent(metadata: state.metadata)
    for (name, tensor) in state.tensors {
      guard let entry = archive[folder + "data/" + tensor.storage.key] else {
        throw archive.bytes.malformed(
          "the storage \(tensor.storage.key) of tensor \(name) is missing from the archive")
      }
      content.tensors.append(
        try StoredTensor(
          name: name, tensor, byteOrder: byteOrder, storageByteCount: entry.byteCount,
          file: archive.bytes, bytes: { try entry.content() }))
    }
    return content
  }

  private static func byteOrder(_ entry: ZipEntry?) throws -> ByteOrder {
    guard let bytes = try entry?.content() else { return .littleEndian }
    switch try bytes.text("the byte order") {
    case "little": return .littleEndian
    case "big": return .bigEndian
    case let other: throw bytes.malformed("the byte order cannot be \(other.prefix(20))")
    }
  }
}

extension StoredTensor {
  /// A tensor of a pickle over its storage.
  init(
    name: String, _ tensor: PickledTensor, byteOrder: ByteOrder, storageByteCount: Int,
    file: ByteView, bytes: @escaping @Sendable () throws -> ByteView
  ) throws {
    let (offset, overflowed) = tensor.offset.addingReportingOverflow(tensor.storage.offset)
    let view =
      overflowed
      ? nil : StridedView(offset: offset, extents: tensor.extents, strides: tensor.strides)
    try self.init(
      name: name, elementType: tensor.elementType, view: view, byteOrder: byteOrder,
      storageByteCount: storageByteCount, file: file, bytes: bytes)
  }
}
