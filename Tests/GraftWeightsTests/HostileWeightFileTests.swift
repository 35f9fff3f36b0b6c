import Foundation
import GraftWeights
import Testing

@Suite("Files that lie about their sizes")
struct HostileWeightFileTests {
  private func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let header = Array(header.utf8)
    let count = withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) }
    return count + header + [UInt8](repeating: 0, count: data)
  }

  private func tensor(_ shape: String, _ offsets: String) -> String {
    #"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  @Test(arguments: [
    ("[2]", "[0,9]"), ("[2]", "[0,4]"), ("[2]", "[8,0]"), ("[2]", "[-8,0]"), ("[2]", "[0]"),
    ("[-2]", "[0,8]"), ("[2]", "[0,9223372036854775807]"), ("[2]", "[0,99999999999999999999]"),
    ("[4611686018427387904,4611686018427387904,0]", "[0,0]"),
    ("[4294967296,4294967296]", "[0,8]"), ("[1]", "[4,8]"), ("[1]", "[0,4]"), ("[2.5]", "[0,8]"),
    ("[1e400]", "[0,8]"),
  ])
  func safetensorsThatContradictThemselves(shape: String, offsets: String) throws {
    let error = try readingError(safetensors(tensor(shape, offsets), data: 8))
    #expect(error?.problem == .malformed)
  }

  @Test func safetensorsHeaders() throws {
    let sound = tensor("[2]", "[0,8]")
    #expect(try readingError(safetensors(sound, data: 8)) == nil)
    #expect(try readingError(safetensors(sound, data: 8, length: 1 << 20))?.problem == .malformed)
    #expect(try readingError(safetensors(sound, data: 8, length: .max)) != nil)
    #expect(try readingError(safetensors(sound, data: 8, length: 3))?.problem == .malformed)
    let deep = #"{"a":"# + String(repeating: "[", count: 1_000_000)
    #expect(try readingError(safetensors(deep))?.problem == .malformed)
    let strange = sound.replacingOccurrences(of: "F32", with: "F8_E4M3")
    #expect(try readingError(safetensors(strange, data: 8))?.problem == .unsupported)
    let overlap =
      #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#
    #expect(try readingError(safetensors(overlap, data: 8))?.problem == .malformed)
  }

  /// A legacy file whose state dictionary is this pickle and whose storages follow it.
  private func legacy(_ pickle: [UInt8], storages: [UInt8] = []) throws -> [UInt8] {
    let sound = try Fixture.bytes("python2_legacy.pth")
    // The first three pickles (magic, version, system) end before the fourth protocol mark.
    let marks = sound.indices.dropLast().filter { sound[$0] == 0x80 && sound[$0 + 1] == 2 }
    return Array(sound[..<marks[3]]) + [0x80, 2] + pickle + [0x80, 2, 0x5D, 0x2E] + storages
  }

  @Test func picklesThatWouldExhaustMemoryOrTheStack() throws {
    #expect(try readingError(legacy([0x7D, 0x2E])) == nil)
    let nesting = [UInt8](repeating: 0x5D, count: 2_000_000)
    let closing = [UInt8](repeating: 0x61, count: 1_999_999)
    #expect(try readingError(legacy(nesting + closing + [0x2E]))?.problem == .unsupported)
    let marks = [UInt8](repeating: 0x28, count: 3_000_000)
    #expect(try readingError(legacy(marks + [0x2E]))?.problem == .malformed)
  }

  @Test func picklesThatReferToThemselves() throws {
    // l = []; l.append(l)
    #expect(
      try readingError(legacy([0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]))?.problem == .unsupported)
    // Thirty lists, each holding the one before ten times: 10^30 leaves.
    var laughs: [UInt8] = [0x5D, 0x71, 0]
    for level in UInt8(0)..<30 {
      laughs += [0x5D, 0x28] + (0..<10).flatMap { _ in [0x68, level] } + [0x65, 0x71, level + 1]
    }
    #expect(try readingError(legacy(laughs + [0x2E]))?.problem == .unsupported)
  }

  @Test func picklesThatCopyWithoutEnd() throws {
    // A list of 1,000 items, handed to list() again and again.
    var pickle: [UInt8] = [0x5D, 0x28] + [UInt8](repeating: 0x4E, count: 1000) + [0x65, 0x71, 0]
    let copy = Array("cbuiltins\nlist\n".utf8) + [0x68, 0, 0x85, 0x52, 0x4E, 0x61, 0x30]
    for _ in 0..<25_000 { pickle += copy }
    #expect(try readingError(legacy(pickle + [0x2E]))?.problem == .unsupported)
  }

  @Test func tensorsLargerThanTheirStorage() throws {
    let sound = try Fixture.bytes("python2_legacy.pth")
    #expect(try readingError(sound) == nil)
    // The shape (2, 3) of a.weight as two one-byte integers and a pair.
    let shape: [UInt8] = [0x4B, 2, 0x4B, 3, 0x86]
    let position = try #require(
      sound.indices.first { sound[$0...].starts(with: shape) })
    for (height, width) in [(3, 3), (255, 255), (2, 4)] as [(UInt8, UInt8)] {
      var bytes = sound
      (bytes[position + 1], bytes[position + 3]) = (height, width)
      #expect(try readingError(bytes)?.problem == .malformed)
    }
  }

  @Test func anArchiveThatClaimsToUnpackToEverything() throws {
    var bytes = try Fixture.bytes("deflated.pth")
    // Each record of the directory has its unpacked size at 24.
    let records = bytes.indices.filter { bytes[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) }
    #expect(records.count > 3)
    for record in records {
      bytes.replaceSubrange(record + 24..<record + 28, with: [0xFE, 0xFF, 0xFF, 0xFF])
    }
    #expect(try readingError(bytes)?.problem == .malformed)
  }
}
