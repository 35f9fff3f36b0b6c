/// The header of one object of an HDF5 file: a list of messages that make it a group or a dataset.
struct HDF5Object: Sendable {
  struct Message: Sendable {
    var type: UInt16
    /// Whether the content is elsewhere, in an object shared by several.
    var isShared: Bool
    var body: ByteView
  }

  /// The types of messages that Graft reads.
  enum MessageType {
    static let dataspace: UInt16 = 0x01
    static let linkInfo: UInt16 = 0x02
    static let datatype: UInt16 = 0x03
    static let link: UInt16 = 0x06
    static let externalFiles: UInt16 = 0x07
    static let layout: UInt16 = 0x08
    static let filters: UInt16 = 0x0B
    static let attribute: UInt16 = 0x0C
    static let continuation: UInt16 = 0x10
    static let symbolTable: UInt16 = 0x11
    static let attributeInfo: UInt16 = 0x15
  }

  let file: HDF5File
  private(set) var messages: [Message] = []

  /// Reads the header at an address, with all its continuations.
  init(at address: Int, in file: HDF5File) throws {
    self.file = file
    var blocks: [ByteView]
    let isNew = file.bytes.hasBytes(Array("OHDR".utf8), at: address)
    var hasOrder = false
    if isNew {
      (blocks, hasOrder) = try Self.newHeader(at: address, file.bytes)
    } else {
      blocks = [try Self.oldHeader(at: address, file.bytes)]
    }
    while let block = blocks.popLast() {
      try file.allowance.spend(block.count, in: file.bytes)
      guard messages.count < 1 << 16 else {
        throw file.bytes.malformed("an object header of the HDF5 file continues without end")
      }
      for message in try Self.messages(in: block, isNew: isNew, hasOrder: hasOrder) {
        if message.type == MessageType.continuation {
          blocks.append(try Self.continuation(message.body, isNew: isNew, file.bytes))
        } else {
          messages.append(message)
        }
      }
    }
  }

  /// The body of the first message of a type, if there is one.
  ///
  /// - Throws: `WeightFileError` with `.unsupported` when the message is shared.
  func body(_ type: UInt16) throws -> ByteView? {
    guard let message = messages.first(where: { $0.type == type }) else { return nil }
    guard !message.isShared else {
      throw file.bytes.unsupported(
        "shares descriptions between HDF5 objects, which Graft does not read; "
          + "save it with Keras again")
    }
    return message.body
  }

  private static func oldHeader(at address: Int, _ bytes: ByteView) throws -> ByteView {
    let what = "an object header"
    var cursor = ByteCursor(bytes, at: address)
    guard try cursor.read(UInt8.self, what) == 1 else {
      throw bytes.malformed("an object header of the HDF5 file is damaged; fetch the file again")
    }
    try cursor.skip(7, what)
    let byteCount = try cursor.readSize(UInt32.self, what)
    try cursor.skip(4, what)
    return try cursor.slice(byteCount, what)
  }

  private static func newHeader(
    at address: Int, _ bytes: ByteView
  ) throws -> (blocks: [ByteView], hasOrder: Bool) {
    let what = "an object header"
    var cursor = ByteCursor(bytes, at: address + 4)
    guard try cursor.read(UInt8.self, what) == 2 else {
      throw bytes.unsupported("has an HDF5 object header of an unknown version")
    }
    let flags = try cursor.read(UInt8.self, what)
    if flags & 0x20 != 0 { try cursor.skip(16, what) }
    if flags & 0x10 != 0 { try cursor.skip(4, what) }
    let byteCount =
      switch flags & 3 {
      case 0: try cursor.readSize(UInt8.self, what)
      case 1: try cursor.readSize(UInt16.self, what)
      case 2: try cursor.readSize(UInt32.self, what)
      default: try cursor.readSize(UInt64.self, what)
      }
    return ([try cursor.slice(byteCount, what)], flags & 4 != 0)
  }

  private static func continuation(
    _ body: ByteView, isNew: Bool, _ bytes: ByteView
  ) throws -> ByteView {
    let what = "a continued object header"
    var cursor = ByteCursor(body)
    let address = try cursor.readSize(UInt64.self, what)
    let block = try bytes.slice(at: address, count: cursor.readSize(UInt64.self, what), what)
    guard isNew else { return block }
    guard block.hasBytes(Array("OCHK".utf8)) else {
      throw bytes.malformed("a continued object header is damaged; fetch the file again")
    }
    // The signature in front and the checksum behind.
    return try block.slice(at: 4, count: block.count - 8, what)
  }

  private static func messages(
    in block: ByteView, isNew: Bool, hasOrder: Bool
  ) throws -> [Message] {
    let what = "a message of an object header"
    var messages: [Message] = []
    var cursor = ByteCursor(block)
    let prefix = isNew ? (hasOrder ? 6 : 4) : 8
    while cursor.remaining >= prefix {
      let type =
        isNew ? UInt16(try cursor.read(UInt8.self, what)) : try cursor.read(UInt16.self, what)
      let byteCount = try cursor.readSize(UInt16.self, what)
      let flags = try cursor.read(UInt8.self, what)
      try cursor.skip(isNew ? (hasOrder ? 2 : 0) : 3, what)
      messages.append(
        Message(
          type: type, isShared: flags & 2 != 0, body: try cursor.slice(byteCount, what)))
    }
    return messages
  }
}
