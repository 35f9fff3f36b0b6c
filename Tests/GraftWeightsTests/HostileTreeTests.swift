import Foundation
import GraftWeights
import Testing

/// HDF5 files with more of something than any model has: each is refused for its own reason.
@Suite("Claims of forged trees are bounded", .timeLimit(.minutes(1)))
struct HostileTreeTests {
  @Test(arguments: [32, 33, 255])
  func ranks(rank: Int) throws {
    let error = try readingError(ForgedTree.file(rank: rank))
    #expect(error?.problem == (rank > 32 ? .unsupported : nil))
  }

  /// Two groups within each other, whose names are long together.
  @Test(arguments: [500, 600])
  func paths(nameByteCount: Int) throws {
    let error = try readingError(ForgedTree.file(rank: 1, nameByteCount: nameByteCount))
    #expect(error?.problem == (2 * nameByteCount > 1024 ? .unsupported : nil))
  }

  /// An object header that goes on with itself.
  @Test func headersWithoutEnd() throws {
    #expect(try refusal(ForgedTree.circle()).contains("overlap"))
  }

  @Test func countsOfMessages() throws {
    #expect(try readingError(ForgedTree.header(messageCount: 65_535)) == nil)
    let text = try refusal(ForgedTree.header(messageCount: 65_536))
    #expect(text.contains("an object header of the HDF5 file continues without end"))
  }

  @Test func countsOfObjects() throws {
    // Of one group, of two beside each other, and of one within another.
    #expect(try readingError(ForgedTree.groups([30_000, 30_000])) == nil)
    let one = try refusal(ForgedTree.groups([65_537]))
    #expect(one.contains("a group with more members than any model"))
    let two = try refusal(ForgedTree.groups([40_000, 40_000]))
    #expect(two.contains("more HDF5 objects, or deeper ones, than any model"))
    let inner = try refusal(ForgedTree.groups([40_000], beside: 40_000))
    #expect(inner.contains("more HDF5 objects than any model"))
  }

  /// No 200 bytes unpack to three megabytes.
  @Test func sizesOfChunks() throws {
    var bytes = try Fixture.bytes("hdf5_chunked.h5")
    let extents: [UInt8] = [4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]
    let start = try #require(bytes.indices.first { bytes[$0...].starts(with: extents) })
    bytes[start + 6] = 1
    #expect(try refusal(bytes).contains("claims an impossible unpacked size"))
  }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    try #require(try readingError(bytes)).description
  }
}

/// HDF5 files of superblock 0.
private struct ForgedTree {
  private static let start = 96
  private static let none = [UInt8](repeating: 0xFF, count: 8)
  private var bytes: [UInt8] = []

  private static func address(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(value).littleEndian) { Array($0) }
  }
  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private mutating func place(_ parts: [[UInt8]]) -> Int {
    let position = Self.start + bytes.count
    for part in parts { bytes += part }
    bytes += Self.zeros((8 - bytes.count % 8) % 8)
    return position
  }

  private func file(root: Int) -> [UInt8] {
    var block: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8]
    block += Self.zeros(9)
    let numbers = [0, nil, Self.start + bytes.count, nil, 0, root]
    for number in numbers { block += number.map(Self.address) ?? Self.none }
    return block + Self.zeros(24) + bytes
  }

  private static func header(_ messages: [(type: UInt8, body: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    for message in messages {
      body += [message.type, 0]
      body += address(message.body.count)[..<2]
      body += zeros(4)
      body += message.body
    }
    return [1, 0, UInt8(messages.count % 256), 0, 1, 0, 0, 0] + address(body.count) + body
  }

  /// A group whose members have one name.
  private mutating func group(_ members: [Int], name: String = "a") -> Int {
    let names = place([Self.zeros(8), Array(name.utf8), [0]])
    let heap = place([
      Array("HEAP".utf8), Self.zeros(4), Self.address(name.utf8.count + 9), Self.address(0),
      Self.address(names),
    ])
    var tree: [UInt8] = []
    var tableCount = 0
    for first in stride(from: 0, to: members.count, by: 30_000) {
      let part = members[first..<min(first + 30_000, members.count)]
      var table = Array("SNOD".utf8) + [1, 0] + Self.address(part.count)[..<2]
      for member in part { table += Self.address(8) + Self.address(member) + Self.zeros(24) }
      tree += Self.address(0) + Self.address(place([table]))
      tableCount += 1
    }
    let place = place([
      Array("TREE".utf8), [0, 0, UInt8(tableCount), 0], Self.none, Self.none, tree, Self.address(8),
    ])
    return self.place([Self.header([(0x11, Self.address(place) + Self.address(heap))])])
  }

  /// A root, a group in it and a number in that, under names of a letter that is repeated.
  static func file(rank: Int, nameByteCount: Int = 1) -> [UInt8] {
    var tree = ForgedTree()
    let value = tree.place([[0, 0, 128, 63]])
    var space: [UInt8] = [1, UInt8(rank), 0, 0, 0, 0, 0, 0]
    for _ in 0..<rank { space += address(1) }
    let number: [UInt8] = [
      0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
    ]
    let layout: [UInt8] = [3, 1] + address(value) + address(4)
    var object = tree.place([header([(1, space), (3, number), (8, layout)])])
    for letter in ["b", "a"] {
      object = tree.group([object], name: String(repeating: letter, count: nameByteCount))
    }
    return tree.file(root: object)
  }

  /// A root of groups of so many empty objects each, and of so many before them.
  static func groups(_ counts: [Int], beside count: Int = 0) -> [UInt8] {
    var tree = ForgedTree()
    let empty = tree.place([header([])])
    func members(_ count: Int) -> [Int] { Array(repeating: empty, count: count) }
    let groups = counts.map { tree.group(members($0)) }
    let root = tree.group(members(count) + groups)
    return tree.file(root: root)
  }

  /// A root whose header has so many messages of no kind, and goes on with a block of one.
  static func header(messageCount: Int) -> [UInt8] {
    var tree = ForgedTree()
    let block = tree.place([zeros(8)])
    let messages = Array(repeating: (type: 0 as UInt8, body: [] as [UInt8]), count: messageCount)
    let root = tree.place([header(messages + [(0x10, address(block) + address(8))])])
    return tree.file(root: root)
  }

  /// A root whose header is continued by a block that is continued by itself.
  static func circle() -> [UInt8] {
    var tree = ForgedTree()
    let root = tree.place([header([(0x10, address(Self.start + 16) + address(24))])])
    return tree.file(root: root)
  }
}
