import Foundation
import GraftWeights
import Testing

/// Archives and trees that say of themselves what can't be: each is refused for its own reason.
@Suite("Claims of forged archives are bounded", .timeLimit(.minutes(1)))
struct HostileArchiveTests {
  /// The text of the error that reading ends with.
  private func refusal(_ bytes: [UInt8]) throws -> String {
    try #require(try readingError(bytes)).description
  }

  private static let array: [UInt8] = npy("(2,)") + [0, 0, 128, 63, 0, 0, 0, 64]

  private static func npy(_ shape: String) -> [UInt8] {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
    let count = header.utf8.count
    var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    bytes += [UInt8(count % 256), UInt8(count / 256)]
    return bytes + Array(header.utf8)
  }

  @Test func entriesOfArchives() throws {
    let (a, b) = (ForgedZip.Entry("a.npy", Self.array), ForgedZip.Entry("b.npy", Self.array))
    #expect(try readingError(ForgedZip.bytes([a, b])) == nil)
    #expect(try refusal(ForgedZip.bytes([a, a])).contains("two entries of the same name"))
    var entry = b
    entry.flags = 1
    #expect(try refusal(ForgedZip.bytes([a, entry])).contains("b.npy in the archive is encrypted"))
    entry = b
    entry.method = 12
    #expect(try refusal(ForgedZip.bytes([a, entry])).contains("compressed by method 12"))
    entry = b
    entry.byteCount = 1 << 20
    #expect(try refusal(ForgedZip.bytes([a, entry])).contains("in another size than its own"))
    entry.method = 8
    #expect(try refusal(ForgedZip.bytes([a, entry])).contains("an impossible unpacked size"))
    // What deflate could make of it, but no weights.
    var large = ForgedZip.Entry("a.npy", [UInt8](repeating: 7, count: 140_000))
    (large.method, large.byteCount) = (8, 128 << 20)
    let text = try refusal(ForgedZip.bytes([large]))
    #expect(text.contains("unpacks to 134217728 bytes from 140000; if you trust it"))
  }

  @Test func entriesThatShareTheirBytes() throws {
    let whole = ForgedZip.Entry("a.npy", Self.array + [UInt8](repeating: 0, count: 1000))
    let twins = (0..<4).map { index in
      var twin = whole
      (twin.name, twin.localHeader) = ("\(index).npy", 0)
      return twin
    }
    #expect(try refusal(ForgedZip.bytes([whole] + twins)).contains("the archive's entries overlap"))
  }

  @Test func ranksOfNumPy() throws {
    func array(_ rank: Int) -> [UInt8] {
      let shape = Array(repeating: "1", count: rank).joined(separator: ", ")
      return Self.npy("(\(shape))") + [0, 0, 128, 63]
    }
    #expect(try readingError(array(64)) == nil)
    #expect(try #require(try readingError(array(65))).problem == .unsupported)
  }

  @Test(arguments: [32, 33, 255])
  func ranksOfHDF5(rank: Int) throws {
    let error = try readingError(ForgedTree.file(rank: rank))
    #expect(error?.problem == (rank > 32 ? .unsupported : nil))
  }

  /// Two groups within each other, whose names are long together.
  @Test(arguments: [500, 600])
  func pathsOfHDF5(nameByteCount: Int) throws {
    let error = try readingError(ForgedTree.file(rank: 1, nameByteCount: nameByteCount))
    #expect(error?.problem == (2 * nameByteCount > 1024 ? .unsupported : nil))
  }

  /// An object header that goes on with itself.
  @Test func headersWithoutEnd() throws {
    let text = try refusal(ForgedTree.circle())
    #expect(text.contains("overlap"))
  }

  @Test func fieldsOfONNX() throws {
    // A network with more fields than any, each of two bytes.
    var bytes: [UInt8] = [0x08, 8, 0x3A, 0]
    for _ in 0...1 << 18 { bytes += [0x28, 0] }
    let error = try #require(try readingError(bytes))
    #expect(error.problem == .unsupported)
    #expect(error.description.contains("more fields than any network"))
  }
}

/// Zip archives whose directory says what a test wants.
private enum ForgedZip {
  struct Entry {
    var name: String
    let data: [UInt8]
    var flags: UInt16 = 0
    var method: UInt16 = 0
    /// What it claims to unpack to.
    var byteCount: UInt32
    /// Where it claims to begin; where it does if `nil`.
    var localHeader: UInt32?

    init(_ name: String, _ data: [UInt8]) {
      (self.name, self.data, byteCount) = (name, data, UInt32(data.count))
    }
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// Only those without a place of their own in it get data.
  static func bytes(_ entries: [Entry]) -> [UInt8] {
    var files: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let name = Array(entry.name.utf8)
      var common: [UInt8] = [20, 0]
      common += little(entry.flags)
      common += little(entry.method)
      common += [0, 0, 0, 0]
      common += little(checksum(entry.data))
      common += little(UInt32(entry.data.count))
      common += little(entry.byteCount)
      common += [UInt8(name.count), 0, 0, 0]
      let start = entry.localHeader ?? UInt32(files.count)
      if entry.localHeader == nil {
        files += [0x50, 0x4B, 3, 4]
        for part in [common, name, entry.data] { files += part }
      }
      directory += [0x50, 0x4B, 1, 2, 20, 0]
      directory += common
      directory += [UInt8](repeating: 0, count: 10)
      directory += little(start)
      directory += name
    }
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    end += [UInt8(entries.count), 0, UInt8(entries.count), 0]
    end += little(UInt32(directory.count))
    end += little(UInt32(files.count))
    return files + directory + end + [0, 0]
  }

  /// CRC-32 (ISO 3309).
  private static func checksum(_ data: [UInt8]) -> UInt32 {
    var sum: UInt32 = .max
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let half = sum >> 1
        sum = sum & 1 == 0 ? half : half ^ 0xEDB8_8320
      }
    }
    return ~sum
  }
}

/// HDF5 files of superblock 0: groups within each other, and one number in the innermost.
private enum ForgedTree {
  private static func address(_ value: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(value).littleEndian) { Array($0) }
  }
  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
  private static let none = [UInt8](repeating: 0xFF, count: 8)

  private static func superblock(root: Int, end: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8]
    bytes += zeros(9)
    for part in [address(0), none, address(end), none, address(0), address(root)] { bytes += part }
    return bytes + zeros(24)
  }

  private static func header(_ messages: [(type: UInt8, body: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    for message in messages {
      body += [message.type, 0]
      body += address(message.body.count)[..<2]
      body += zeros(4)
      body += message.body
    }
    var bytes: [UInt8] = [1, 0, UInt8(messages.count), 0, 1, 0, 0, 0]
    bytes += address(body.count)
    return bytes + body
  }

  /// A root, a group in it and a number in that, under names of a letter that is repeated.
  static func file(rank: Int, nameByteCount: Int = 1) -> [UInt8] {
    let start = 96
    var bytes: [UInt8] = []
    func place(_ parts: [[UInt8]]) -> Int {
      defer {
        for part in parts { bytes += part }
        bytes += zeros((8 - bytes.count % 8) % 8)
      }
      return start + bytes.count
    }
    let value = place([[0, 0, 128, 63]])
    var space: [UInt8] = [1, UInt8(rank), 0, 0, 0, 0, 0, 0]
    for _ in 0..<rank { space += address(1) }
    let number: [UInt8] = [
      0x11, 0x20, 0x1F, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
    ]
    let layout: [UInt8] = [3, 1] + address(value) + address(4)
    var object = place([header([(1, space), (3, number), (8, layout)])])
    for letter in ["b", "a"] {
      let name = Array(String(repeating: letter, count: nameByteCount).utf8)
      let names = place([zeros(8), name, [0]])
      let heap = place([
        Array("HEAP".utf8), zeros(4), address(nameByteCount + 9), address(0), address(names),
      ])
      let table = place([
        Array("SNOD".utf8), [1, 0, 1, 0], address(8), address(object), zeros(24),
      ])
      let tree = place([
        Array("TREE".utf8), [0, 0, 1, 0], none, none, address(0), address(table), address(8),
      ])
      object = place([header([(0x11, address(tree) + address(heap))])])
    }
    return superblock(root: object, end: start + bytes.count) + bytes
  }

  /// A root whose header is continued by a block that is continued by itself.
  static func circle() -> [UInt8] {
    let start = 96
    let root = header([(0x10, address(start + 16) + address(24))])
    return superblock(root: start, end: start + root.count) + root
  }
}
