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
    var machine = PickleMachine(
      ByteCursor(try pickle.content()), packedByteCount: pickle.compressedByteCount)
    let root = try machine.run()
    let tree = try PyTorchTensorTree(machine, root: root)
    let byteOrder = try byteOrder(archive[folder + "byteorder"])
    return try tree.content(of: archive.bytes, byteOrder) { storage, name in
      guard let entry = archive[folder + "data/" + storage.key] else {
        throw archive.bytes.malformed(
          "the storage \(storage.key) of tensor \(name) is missing from the archive")
      }
      return (entry.byteCount, { try entry.content() })
    }
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

extension PyTorchTensorTree {
  /// The tensors over their elements.
  ///
  /// - Parameter locate: The size of a storage, and a closure that gives its bytes, for the tensor of
  ///   a name.
  func content(
    of file: ByteView, _ byteOrder: ByteOrder,
    locate: (PickledStorage, String) throws -> (Int, @Sendable () throws -> ByteView)
  ) throws -> WeightFileContent {
    var content = WeightFileContent(metadata: metadata, notes: notes)
    for (name, tensor) in tensors {
      var (first, order) = (0, byteOrder)
      let byteCount: Int
      let bytes: @Sendable () throws -> ByteView
      switch tensor.source {
      case .storage(let storage):
        first = storage.offset
        (byteCount, bytes) = try locate(storage, name)
      case .bytes(let content, let ownOrder):
        order = ownOrder
        (byteCount, bytes) = (content.count, { content })
      }
      let (offset, overflowed) = tensor.offset.addingReportingOverflow(first)
      let view =
        overflowed
        ? nil : StridedView(offset: offset, extents: tensor.extents, strides: tensor.strides)
      content.tensors.append(
        try StoredTensor(
          name: name, elementType: tensor.elementType, view: view, byteOrder: order,
          storageByteCount: byteCount, file: file, bytes: bytes))
    }
    return content
  }
}
