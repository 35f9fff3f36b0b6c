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
    var damage = Damage(seed: 7)
    #expect(try damage.refusalCount(Fixture.bytes(name), rounds: 300) > 0)
  }
}
