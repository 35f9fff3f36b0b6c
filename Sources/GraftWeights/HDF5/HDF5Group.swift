/// The members of a group of an HDF5 file.
struct HDF5Group {
  /// Names and addresses of object headers; links that are not hard are left out.
  private(set) var members: [(name: String, address: Int)] = []

  /// More than any model has.
  private static let greatestCount = 1 << 16

  /// The members, or nil when the object is not a group.
  init?(_ object: HDF5Object) throws {
    typealias Type = HDF5Object.MessageType
    if let table = try object.body(Type.symbolTable) {
      try readSymbolTable(table, object.file)
    } else if let info = try object.body(Type.linkInfo) {
      try Self.checkIsCompact(info)
      for message in object.messages where message.type == Type.link {
        try readLink(message.body)
      }
    } else {
      return nil
    }
  }

  private static func checkIsCompact(_ info: ByteView) throws {
    var cursor = ByteCursor(info, at: 1)
    let flags = try cursor.read(UInt8.self, "a group")
    if flags & 1 != 0 { try cursor.skip(8, "a group") }
    guard try cursor.readAddress("a group") == nil else {
      throw info.unsupported(
        "keeps a large group in HDF5's newest form, which Graft does not read; "
          + "save it with h5py's default libver")
    }
  }

  private mutating func readLink(_ body: ByteView) throws {
    let what = "a link"
    var cursor = ByteCursor(body, at: 1)
    let flags = try cursor.read(UInt8.self, what)
    let kind = flags & 8 != 0 ? try cursor.read(UInt8.self, what) : 0
    if flags & 4 != 0 { try cursor.skip(8, what) }
    if flags & 16 != 0 { try cursor.skip(1, what) }
    let byteCount =
      switch flags & 3 {
      case 0: try cursor.readSize(UInt8.self, what)
      case 1: try cursor.readSize(UInt16.self, what)
      case 2: try cursor.readSize(UInt32.self, what)
      default: try cursor.readSize(UInt64.self, what)
      }
    let name = try cursor.slice(byteCount, what).name("the name of a link")
    guard kind == 0, let address = try cursor.readAddress(what) else { return }
    members.append((name, address))
  }

  /// Walks the B-tree whose leaves are the symbol table's nodes.
  private mutating func readSymbolTable(_ table: ByteView, _ file: HDF5File) throws {
    let bytes = file.bytes
    var cursor = ByteCursor(table)
    let tree = try cursor.readSize(UInt64.self, "a group")
    let names = try HDF5NameHeap(at: cursor.readSize(UInt64.self, "a group"), bytes)
    var pending: [(address: Int, level: UInt8?)] = [(tree, nil)]
    while let (address, level) = pending.popLast() {
      if level == 0 {
        try readSymbols(at: address, names, file)
      } else {
        let node = try HDF5TreeNode(
          at: address, kind: .group, keyByteCount: 8, below: level, in: file)
        pending += node.children.reversed().map { ($0.address, node.level) }
      }
      guard members.count <= Self.greatestCount, pending.count <= Self.greatestCount else {
        throw bytes.unsupported("has a group with more members than any model")
      }
    }
  }

  private mutating func readSymbols(
    at address: Int, _ names: HDF5NameHeap, _ file: HDF5File
  ) throws {
    let (what, bytes) = ("a symbol table", file.bytes)
    guard bytes.hasBytes(Array("SNOD".utf8), at: address) else {
      throw bytes.malformed("a symbol table is not where it should be; fetch the file again")
    }
    var cursor = ByteCursor(bytes, at: address + 6)
    let count = try cursor.read(UInt16.self, what)
    try file.allowance.spend(8 + 40 * Int(count), in: bytes)
    for _ in 0..<count {
      let name = try names.name(at: cursor.readSize(UInt64.self, what))
      let header = try cursor.readAddress(what)
      let cache = try cursor.read(UInt32.self, what)
      try cursor.skip(20, what)
      // A cached type of 2 is a symbolic link, which says nothing that its target does not.
      if let header, cache != 2 { members.append((name, header)) }
    }
  }
}

/// The heap that holds the names of a group's members.
private struct HDF5NameHeap {
  private let data: ByteView

  init(at address: Int, _ bytes: ByteView) throws {
    guard bytes.hasBytes(Array("HEAP".utf8), at: address) else {
      throw bytes.malformed("the names of a group are not where they should be")
    }
    var cursor = ByteCursor(bytes, at: address + 8)
    let byteCount = try cursor.readSize(UInt64.self, "the names of a group")
    try cursor.skip(8, "the names of a group")
    let start = try cursor.readSize(UInt64.self, "the names of a group")
    data = try bytes.slice(at: start, count: byteCount, "the names of a group")
  }

  func name(at offset: Int) throws -> String {
    let rest = try data.slice(
      at: offset, count: max(0, min(data.count - offset, 1024)), "the name of a member")
    guard let end = rest.withUnsafeBytes({ $0.firstIndex(of: 0) }) else {
      throw data.malformed("the name of a member does not end")
    }
    return try rest.slice(at: 0, count: end, "").text("the name of a member")
  }
}

/// One node of a version 1 B-tree.
struct HDF5TreeNode {
  enum Kind: UInt8 { case group, chunks }

  let level: UInt8
  /// The children, each with the key before it.
  let children: [(key: ByteView, address: Int)]

  /// - Parameter above: The level of the node above, which this one must be right below.
  init(
    at address: Int, kind: Kind, keyByteCount: Int, below above: UInt8?, in file: HDF5File
  ) throws {
    let (what, bytes) = ("a B-tree", file.bytes)
    guard bytes.hasBytes(Array("TREE".utf8) + [kind.rawValue], at: address) else {
      throw bytes.malformed("a B-tree is not where it should be; fetch the file again")
    }
    var cursor = ByteCursor(bytes, at: address + 5)
    level = try cursor.read(UInt8.self, what)
    guard above == nil || above.map({ Int($0) - 1 }) == Int(level) else {
      throw bytes.malformed("a B-tree has its levels out of order; fetch the file again")
    }
    let count = try cursor.read(UInt16.self, what)
    try cursor.skip(16, what)
    try file.allowance.spend(24 + Int(count) * (keyByteCount + 8), in: bytes)
    var children: [(ByteView, Int)] = []
    for _ in 0..<count {
      let key = try cursor.slice(keyByteCount, what)
      children.append((key, try cursor.readSize(UInt64.self, what)))
    }
    self.children = children
  }
}
