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
      ("densenet", "torchscript"), ("convnext", "default"), ("convnext", "torchscript"),
      ("resnetv2", "tf2onnx"),
    ])
  func exportToONNX(name: String, kind: String) throws {
    let result = try run(name, weights: "\(name)-\(kind).onnx", includesTop: true)
    #expect(result.forward.count >= 3)
    #expect(result.forward.contains { $0.name == "logits" })
    // Between a convolution and the normalization that was folded into it, there is nothing left to compare.
    for entry in result.forward where entry.error > 1e-4 && !entry.name.hasSuffix("2_conv") {
      Issue.record("\(entry.name) is off by \(entry.error)")
    }
  }

  /// Of depthwise convolutions, tf2onnx leaves their normalizations behind as products and sums.
  @Test func productsAndSumsBehindConvolutions() throws {
    let result = try run(
      "mobilenetv1-keras", weights: "mobilenetv1-keras-tf2onnx.onnx", includesTop: false)
    // Right behind these there is nothing left to compare: their normalizations are in them.
    let whole = result.forward.filter { !["conv1", "conv_pw_8"].contains($0.name) }
    #expect(whole.count >= 2)
    for entry in whole where entry.error > 1e-4 {
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

  /// How `nn.Sequential(*list(net.children())[:-1])` names the layers of a fixture, alone or with a head
  /// behind it, and what `net.features.state_dict()` does.
  @Test(
    arguments: [
      (
        "resnet-basic",
        ["conv1": "0", "bn1": "1", "layer1": "4", "layer2": "5", "layer3": "6", "layer4": "7"]
      ),
      ("densenet", ["features": "0"]), ("densenet", ["features.": ""]),
      ("convnext", ["features.": ""]),
      (
        "efficientnet-lite",
        ["conv_stem": "0", "bn1": "1", "blocks": "2", "conv_head": "3", "bn2": "4"]
      ),
      ("googlenet", [:]),
    ])
  func numberedChildrenAreTakenInOrder(name: String, numbers: [String: String]) throws {
    let network = try #require(Network.all.first { $0.name == name })
    let parameters = try Model(network.backbone).outline().parameters
    var children: [String: String] = numbers
    if children.isEmpty {
      for parameter in parameters {
        let child = String(parameter.path.description.split(separator: ".")[0])
        // Poolings have numbers too.
        if children[child] == nil { children[child] = "\(2 * children.count)" }
      }
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "a.safetensors")
    let file = try WeightFile(
      contentsOf: Self.fixtures.appending(path: "backbones/\(name)/weights.safetensors"))
    let own = Set(parameters.map(\.path.description))
    try SafetensorsWriter.write(
      file.tensors.filter { own.contains($0.name) }.map { tensor in
        WritableTensor(name: tensor.name, shape: tensor.shape) { try tensor.load() }
      }, to: url)
    let plain = try network.backbone.loading(url)
    for prefix in ["", "model.0."] {
      for hasHead in [false, true] where !hasHead || !children.keys.contains("features.") {
        var tensors = Self.renamed(file, children, behind: prefix)
        if hasHead {
          tensors.append(
            WritableTensor(name: prefix + "90.weight", shape: [2, 3]) { [1, 2, 3, 4, 5, 6] })
        }
        try SafetensorsWriter.write(tensors, metadata: [:], to: url)
        let found = try network.backbone.loading(url)
        for parameter in parameters {
          #expect(
            try found.weights?[parameter.path]?.load() == plain.weights?[parameter.path]?.load(),
            "\(parameter.path)")
        }
        let told = found.weights?.notes.contains { $0.contains("left out what is numbered on: 90") }
        #expect(told == hasHead)
        // Numbers for all children and those of the only one are one network.
        #expect(found.weights?.notes.contains { $0.contains("of several networks") } == false)
      }
    }
  }

  /// Of layers in another order, some fit by name and shape, but not all.
  @Test func numberedChildrenInAnotherOrderAreRefused() throws {
    let network = try #require(Network.all.first { $0.name == "resnet-basic" })
    let file = try WeightFile(
      contentsOf: Self.fixtures.appending(path: "backbones/resnet-basic/weights.safetensors"))
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let numbers = [
      "conv1": "0", "bn1": "1", "layer1": "4", "layer2": "6", "layer3": "5", "layer4": "7",
    ]
    try SafetensorsWriter.write(Self.renamed(file, numbers, behind: ""), to: url)
    let mismatch = try #require(throws: WeightMismatch.self) { try network.backbone.loading(url) }
    #expect(mismatch.hint?.contains("put the weights into the model that was taken apart") == true)
  }

  /// The tensors of some children of a network, with other names for these.
  private static func renamed(
    _ file: WeightFile, _ children: [String: String], behind prefix: String
  ) -> [WritableTensor] {
    file.tensors.compactMap { tensor in
      let name = tensor.name
      guard
        let (child, number) = children.first(where: {
          name.hasPrefix($0.key.hasSuffix(".") ? $0.key : $0.key + ".")
        })
      else { return nil }
      return WritableTensor(
        name: prefix + number + name.dropFirst(child.count), shape: tensor.shape
      ) { try tensor.load() }
    }
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
