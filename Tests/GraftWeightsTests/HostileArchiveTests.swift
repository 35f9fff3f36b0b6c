import Foundation
import GraftWeights
import Testing

/// Archives and arrays that say of themselves what can't be: each is refused for its own reason.
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
