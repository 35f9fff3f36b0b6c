/// Encodes a version 1 object header of HDF5, message by message.
struct HDF5HeaderEncoder {
  static let superblockByteCount = 96
  private static let undefinedAddress = UInt64.max

  private typealias MessageType = HDF5Object.MessageType
  private var messages: [UInt8] = []
  private var messageCount: UInt16 = 0

  /// Makes the object a group of these members.
  mutating func group(_ members: [(name: String, address: Int)]) {
    // No index: the links are in the header itself.
    append(MessageType.linkInfo) {
      $0 += [0, 0]
      $0.append(integer: Self.undefinedAddress)
      $0.append(integer: Self.undefinedAddress)
    }
    for (name, address) in members {
      append(MessageType.link) {
        // Version 1; a name of UTF-8 whose length takes two bytes.
        $0 += [1, 0b1_0001, 1]
        $0.append(integer: UInt16(name.utf8.count))
        $0 += name.utf8
        $0.append(integer: UInt64(address))
      }
    }
  }

  /// Makes the object a dataset of little-endian Float32 elements at an address.
  mutating func dataset(_ extents: [Int], data address: Int) {
    append(MessageType.dataspace) {
      $0 += [1, UInt8(extents.count), 0, 0, 0, 0, 0, 0]
      for extent in extents { $0.append(integer: UInt64(extent)) }
    }
    append(MessageType.datatype) {
      // A float whose mantissa has an implied leading one, its sign in bit 31.
      $0 += [0x11, 0x20, 31, 0]
      $0.append(integer: UInt32(4))
      $0 += [0, 0, 32, 0, 23, 8, 0, 23]
      $0.append(integer: UInt32(127))
    }
    // Version 2: allocated late, filled only if a value is set, and none is.
    append(0x05) { $0 += [2, 2, 2, 0] }
    append(MessageType.layout) {
      let byteCount = extents.reduce(4, *)
      $0 += [3, 1]
      $0.append(integer: byteCount == 0 ? Self.undefinedAddress : UInt64(address))
      $0.append(integer: UInt64(byteCount))
    }
  }

  /// Adds a text as an attribute.
  mutating func attribute(_ name: String, _ text: String) {
    append(MessageType.attribute) {
      let name = Array(name.utf8) + [0]
      let text = Array(text.utf8) + [0]
      $0 += [1, 0]
      $0.append(integer: UInt16(name.count))
      $0 += [8, 0, 8, 0]
      $0.append(padded: name)
      // Text of UTF-8, ended by a zero; a single value.
      $0 += [0x13, 0x10, 0, 0]
      $0.append(integer: UInt32(text.count))
      $0 += [1, 0, 0, 0, 0, 0, 0, 0]
      $0 += text
    }
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = [1, 0]
    bytes.append(integer: messageCount)
    bytes.append(integer: UInt32(1))
    bytes.append(integer: UInt32(messages.count))
    bytes.append(integer: UInt32(0))
    return bytes + messages
  }

  /// A version 0 superblock whose root group is at an address.
  static func superblock(root: Int, end: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    // Versions, sizes of addresses and lengths, sizes of nodes that no group of ours has.
    bytes += [0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]
    for address in [0, undefinedAddress, UInt64(end), undefinedAddress] {
      bytes.append(integer: address)
    }
    bytes.append(integer: UInt64(0))
    bytes.append(integer: UInt64(root))
    return bytes + [UInt8](repeating: 0, count: superblockByteCount - bytes.count)
  }

  private mutating func append(_ type: UInt16, _ encode: (inout [UInt8]) -> Void) {
    var body: [UInt8] = []
    encode(&body)
    body.pad()
    messages.append(integer: type)
    messages.append(integer: UInt16(body.count))
    messages += [0, 0, 0, 0]
    messages += body
    messageCount += 1
  }
}

extension [UInt8] {
  /// Appends an integer, its least significant byte first.
  mutating func append(integer: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: integer.littleEndian) { self += $0 }
  }

  fileprivate mutating func append(padded bytes: [UInt8]) {
    self += bytes
    self += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
  }

  fileprivate mutating func pad() { self += [UInt8](repeating: 0, count: (8 - count % 8) % 8) }
}
