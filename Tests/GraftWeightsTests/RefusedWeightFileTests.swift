import Foundation
import GraftWeights
import Testing

@Suite("Files that are refused, with the reason")
struct RefusedWeightFileTests {
  private func error(_ name: String) throws -> WeightFileError {
    try #require(throws: WeightFileError.self) { try readAll(Fixture.url(name)) }
  }

  @Test(arguments: [
    ("command.pth", "posix.system"), ("command_legacy.pth", "posix.system"),
    ("namespace.pth", "argparse.Namespace"),
    ("module.pth", "torch.nn.modules.linear.Linear"),
  ])
  func aPickleMayNotNameForeignCode(name: String, global: String) throws {
    let error = try error(name)
    #expect(error.problem == .forbiddenGlobal(global))
    #expect(error.description.contains(global))
    let here = FileManager.default.currentDirectoryPath + "/graft_was_here"
    #expect(!FileManager.default.fileExists(atPath: here))
  }

  @Test func whatTheFormatsDoNotCover() throws {
    #expect(try error("bzip2.pth").problem == .unsupported)
    #expect(try error("objects.npz").problem == .unsupported)
    #expect(try error("plain.pkl").problem == .unknownFormat)
    #expect(try error("expected.json").problem == .unknownFormat)
  }

  @Test func whatIsNoFileOrNoWeights() throws {
    let folder = try TemporaryFolder()
    func problem(_ url: URL) -> WeightFileError.Problem? {
      do {
        _ = try WeightFile(contentsOf: url)
        return nil
      } catch let error as WeightFileError {
        return error.problem
      } catch { return nil }
    }
    #expect(problem(folder.url.appendingPathComponent("absent")) == .inaccessible)
    #expect(problem(folder.url) == .inaccessible)
    #expect(problem(try folder.write([])) == .malformed)
    let pipe = folder.url.appendingPathComponent("pipe")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    #expect(problem(pipe) == .inaccessible)
    for text in ["<html>", "version https://git-lfs.github.com/spec/v1", "nonsense"] {
      #expect(problem(try folder.write(Array(text.utf8))) == .unknownFormat)
    }
  }

  @Test(arguments: [
    "mixed.pth", "mixed_legacy.pth", "deflated.pth", "zip64.pth", "mixed.safetensors",
    "arrays.npz", "arrays_compressed.npz", "array.npy",
  ])
  func everyTruncationIsNoticed(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let folder = try TemporaryFolder()
    for count in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 500)) {
      let url = try folder.write(Array(bytes[..<count]))
      #expect(throws: WeightFileError.self, "\(count) bytes") { try readAll(url) }
    }
  }

  @Test(arguments: [
    "mixed.pth", "mixed_protocol4.pth", "mixed_legacy.pth", "python2_legacy.pth",
    "checkpoint.pth", "deflated.pth", "zip64.pth", "mixed.safetensors", "arrays.npz",
    "arrays_compressed.npz", "array.npy",
  ])
  func damageEndsInAnErrorOrInNumbers(name: String) throws {
    let original = try Fixture.bytes(name)
    let folder = try TemporaryFolder()
    var generator = SplitMix(state: 7)
    var refusals = 0
    for _ in 0..<500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[position] = 0xFF
        case 2: bytes[position] = UInt8.random(in: 0 ... .max, using: &generator)
        default:
          let end = min(position + 8, bytes.count)
          for index in position..<end { bytes[index] = index + 1 == end ? 0x7F : 0xFF }
        }
      }
      do {
        _ = try readAll(try folder.write(bytes))
      } catch is WeightFileError {
        refusals += 1
      }
    }
    #expect(refusals > 0)
  }
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that the damage is always the same.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
