import Foundation
import Graft
import ParityComparison
import Testing

/// Narrow and shallow networks of all families against their reference implementations: maps of all
/// sizes, logits, gradients.
@Suite struct ReferenceTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/backbones")

  @Test("Results and gradients are the reference's", arguments: TestDevice.all, Network.all)
  func equalsReference(device: TestDevice, network: Network) throws {
    let folder = Self.folder.appending(path: network.name)
    let test = try ParityCase(contentsOf: folder)
    let runner = try CaseRunner(
      test, in: folder, network: network.backbone, device: try device.open())
    let result = try runner.run()
    #expect(result.parameterCount == test.parameterCount)
    #expect(result.unmatched == [])
    #expect(result.forward.count >= 3)
    #expect(result.backward.count >= 3)
    for entry in result.forward + result.backward where entry.error > 1e-4 {
      Issue.record("\(entry.name) is off by \(entry.error)")
    }
  }

  @Test func everyFixtureIsUsed() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(folders.sorted() == Network.all.map(\.name).sorted())
  }

  @Test func everyFamilyIsCovered() {
    func family(_ backbone: Backbone) -> String {
      "\(type(of: backbone.variant.architecture))"
    }
    #expect(
      Set(Backbone.all.map(family)).subtracting(Network.all.map { family($0.backbone) }) == [])
  }
}
