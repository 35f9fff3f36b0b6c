import GraftWeights
import Testing

@Suite("Pickles that ask for more than they give")
struct HostilePickleTests {
  /// A file of `torch.save` before 1.6 whose state dictionary is this pickle.
  private func error(_ pickle: [UInt8]) throws -> WeightFileError? {
    let sound = try Fixture.bytes("python2_legacy.pth")
    let marks = sound.indices.dropLast().filter { sound[$0] == 0x80 && sound[$0 + 1] == 2 }
    return try readingError(
      Array(sound[..<marks[3]]) + [0x80, 2] + pickle + [0x80, 2, 0x5D, 0x2E])
  }

  private func call(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8) + [0x29, 0x52, 0x2E]
  }

  @Test(arguments: [
    ("os", "system"), ("builtins", "eval"), ("__builtin__", "exec"), ("subprocess", "Popen"),
    ("importlib", "import_module"), ("runpy", "run_path"), ("torch.hub", "load"),
    ("torch", "load"), ("builtins", "__import__"),
  ])
  func whatRunsCodeIsRefused(module: String, name: String) throws {
    #expect(try error(call(module, name))?.problem == .forbiddenGlobal("\(module).\(name)"))
    // getattr(module.part, name), called.
    let path = Array("cbuiltins\ngetattr\ncfoo\nbar\n".utf8) + [0x58, 1, 0, 0, 0, 0x78, 0x86, 0x52]
    #expect(try error(path + [0x29, 0x52, 0x2E]) == nil)
  }

  @Test func memoryIsBoundedByTheSize() throws {
    // A megabyte of instructions, each of which copies a list of 10,000 items.
    var pickle: [UInt8] = [0x5D, 0x28] + [UInt8](repeating: 0x4E, count: 10_000) + [0x65, 0x71, 0]
    let copy = Array("cbuiltins\ntuple\n".utf8) + [0x71, 1]
    pickle += copy
    for _ in 0..<20_000 { pickle += [0x68, 1, 0x68, 0, 0x85, 0x52] }
    #expect(try error(pickle + [0x2E])?.problem == .unsupported)
    // One key of 100,000 bytes, given to 100,000 dictionaries of one.
    let key = [0x58, 0xA0, 0x86, 1, 0] + [UInt8](repeating: 0x61, count: 100_000) + [0x71, 0]
    let pairs = (0..<100_000).flatMap { _ in [0x68, 0, 0x7D] as [UInt8] }
    #expect(
      try error([0x7D, 0x28] + key + [0x7D] + pairs + [0x75, 0x2E])?.problem == .unsupported)
  }

  /// A tensor of one element on more axes than PyTorch has.
  @Test(arguments: [64, 65])
  func aRankBeyondAnyIsRefused(rank: Int) throws {
    let ones: [UInt8] = [0x28] + (0..<rank).flatMap { _ in [0x4B, 1] as [UInt8] } + [0x74]
    let error = try readingError(Self.replacing(shape: ones, strides: ones))
    #expect(error?.problem == (rank > 64 ? .malformed : nil))
  }

  /// A step of zero repeats one element.
  @Test func elementsThatTheFileDoesNotHaveAreRefused() throws {
    // 2^31 - 1 elements.
    let shape: [UInt8] = [0x4A, 0xFF, 0xFF, 0xFF, 0x7F, 0x85]
    let error = try readingError(Self.replacing(shape: shape, strides: [0x4B, 0, 0x85]))
    #expect(try #require(error).description.contains("claims 2147483647 elements, more than"))
    let few = try Self.replacing(shape: [0x4B, 6, 0x85], strides: [0x4B, 0, 0x85])
    #expect(try readingError(few) == nil)
  }

  /// A file of a tensor of 2 x 3 with another shape and other strides.
  private static func replacing(shape: [UInt8], strides: [UInt8]) throws -> [UInt8] {
    var bytes = try Fixture.bytes("python2_legacy.pth")
    for (old, new) in [
      ([0x4B, 3, 0x4B, 1, 0x86] as [UInt8], strides), ([0x4B, 2, 0x4B, 3, 0x86], shape),
    ] {
      let position = try #require(bytes.indices.first { bytes[$0...].starts(with: old) })
      bytes.replaceSubrange(position..<position + old.count, with: new)
    }
    return bytes
  }

  /// Dictionaries within each other, the innermost empty.
  @Test(arguments: [32, 33])
  func depthIsBounded(depth: Int) throws {
    var pickle: [UInt8] = [0x7D]
    for _ in 0..<depth { pickle += [0x58, 1, 0, 0, 0, 0x61, 0x7D] }
    pickle += [UInt8](repeating: 0x73, count: depth) + [0x2E]
    #expect(try error(pickle)?.problem == (depth > 32 ? .unsupported : nil))
  }
}
