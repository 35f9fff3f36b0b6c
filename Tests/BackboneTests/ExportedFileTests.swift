import Foundation
import Graft
import ParityComparison
import Testing

/// Files of the networks in `Fixtures/backbones` as other programs save them: PyTorch's exports to ONNX
/// and models of Keras that were trained. Results have to be the reference's.
@Suite struct ExportedFileTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures")

  @Test(
    "ONNX files with folded normalizations and renamed tensors",
    arguments: [
      ("resnet-basic", "default"), ("resnet-basic", "torchscript"), ("googlenet", "torchscript"),
      ("densenet", "torchscript"),
    ])
  func exportOfPyTorch(name: String, kind: String) throws {
    let result = try run(name, weights: "\(name)-\(kind).onnx", includesTop: true)
    #expect(result.forward.count >= 3)
    #expect(result.forward.contains { $0.name == "logits" })
    for entry in result.forward where entry.error > 1e-4 {
      Issue.record("\(entry.name) is off by \(entry.error)")
    }
  }

  @Test(
    "Models of Keras that were trained, a network inside of them",
    arguments: ["keras3.keras", "keras2.keras"])
  func trainedModelOfKeras(file: String) throws {
    let result = try run("resnet-keras", weights: file, includesTop: false)
    #expect(result.forward.count >= 3)
    for entry in result.forward where entry.error > 1e-5 {
      Issue.record("\(entry.name) is off by \(entry.error)")
    }
  }

  @Test func whatWasFoldedOrLeftOutIsTold() throws {
    func notes(_ name: String, _ file: String) throws -> [String] {
      let network = try #require(Network.all.first { $0.name == name })
      let url = Self.fixtures.appending(path: "exports/\(file)")
      return try network.backbone.loading(url).weights?.notes ?? []
    }
    #expect(
      try notes("resnet-basic", "resnet-basic-torchscript.onnx").contains {
        $0.hasPrefix("14 normalizations were folded")
      })
    let left = try notes("resnet-keras", "keras3.keras")
    #expect(
      left == ["left out 3 layers that are not the network's: answers, batch_normalization, dense"])
  }

  @Test(
    "A larger relative is refused, whose names contain the network's", arguments: [false, true])
  func relativesAreRefused(isKeras: Bool) throws {
    let small = ResNet(.bottleneck, depths: [1, 1, 1, 1], width: 2, followsKeras: true)
    var large = small
    large.depths = [1, 1, 2, 1]
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: isKeras ? "a.weights.h5" : "a.safetensors")
    let model = Model(Self.backbone(large))
    var values: [ParameterPath: [Float]] = [:]
    for parameter in try model.parameters {
      values[parameter.path] = Array(repeating: 1, count: parameter.type.shape.count)
    }
    let export = ModelExport(model, values: values)
    try isKeras ? export.writeKeras(to: url) : export.writeSafetensors(to: url)
    let mismatch = try #require(throws: WeightMismatch.self) {
      try Self.backbone(small).loading(url)
    }
    #expect(mismatch.leftOver.allSatisfy { $0.contains(isKeras ? "conv4_block2" : "layer3.1") })
    #expect(!mismatch.leftOver.isEmpty)
  }

  private static func backbone(_ network: ResNet) -> Backbone {
    Backbone(Recipe(name: "r", title: "r", classifier: ["fc"]), Variant(.keras, network))
  }

  private func run(_ name: String, weights: String, includesTop: Bool) throws -> Comparison {
    let network = try #require(Network.all.first { $0.name == name })
    let folder = Self.fixtures.appending(path: "backbones/\(name)")
    var test = try ParityCase(contentsOf: folder)
    (test.weights, test.includesTop) = ("../../exports/\(weights)", includesTop)
    return try CaseRunner(
      test, in: folder, network: network.backbone, device: TestDevice(choice: .cpu).open()
    ).run()
  }
}
