/// Reads what `torch.save` wrote before 1.6: four pickles, a list of storage keys, raw storages.
///
/// The third pickle says whether the machine was little-endian; the storages are on every machine
/// (`THPStorage_writeFileRaw` of PyTorch).
enum PyTorchLegacyReader {
  /// The integer 0x1950A86A20F9469CFC6C as the first pickle has it, behind the protocol's number.
  private static let magic: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  static func recognizes(_ bytes: ByteView) -> Bool {
    // Protocols from 4 on put a frame of nine bytes between the two.
    bytes.hasBytes([0x80]) && (bytes.hasBytes(magic, at: 2) || bytes.hasBytes(magic, at: 11))
  }

  static func read(_ bytes: ByteView) throws -> WeightFileContent {
    var machine = PickleMachine(ByteCursor(bytes))
    _ = try machine.run()
    guard try machine.run() == .integer(1001) else {
      throw bytes.unsupported("was written by an unknown version of torch.save; save it again")
    }
    _ = try machine.run()
    let root = try machine.run()
    let keys = try machine.run()
    let storages = try storages(of: machine, keys: machine.items(keys, .list) ?? [])
    let tree = try PyTorchTensorTree(machine, root: root)
    return try tree.content(of: bytes, .littleEndian) { storage, name in
      guard let content = storages[storage.key] else {
        throw bytes.malformed("the storage of tensor \(name) is missing; fetch the file again")
      }
      return (content.count, { content })
    }
  }

  /// The raw storages behind the pickles: a count of elements and the elements, in the keys' order.
  private static func storages(
    of machine: PickleMachine, keys: [PickleValue]
  ) throws -> [String: ByteView] {
    var elementTypes: [String: StoredElementType] = [:]
    for storage in machine.storages {
      elementTypes[storage.key] = storage.elementType ?? .uint8
    }
    var storages: [String: ByteView] = [:]
    var cursor = machine.cursor
    for key in keys {
      guard case .text(let key) = key, let elementType = elementTypes[key] else {
        throw machine.bytes.malformed("a storage has no owner; fetch the file again")
      }
      let count = try cursor.read(Int64.self, "the size of a storage")
      let size = Int64(elementType.byteCount)
      let (byteCount, overflowed) = count.multipliedReportingOverflow(by: size)
      guard !overflowed else { throw machine.bytes.malformed("a storage has an impossible size") }
      storages[key] = try cursor.slice(Int(byteCount), "a storage")
    }
    return storages
  }
}
