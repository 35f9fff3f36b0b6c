import Foundation
import GraftGraph
import GraftLayers
import GraftModels
import GraftWeights
import Testing

/// Files by timm's names of networks whose paths in Graft are torchvision's, and files for images of
/// other channels.
@Suite("Weights by other names and for other channels")
struct WeightNamesTests {
  @Test(arguments: [
    "vgg11", "resnet50", "inceptionv3", "densenet121", "mobilenetv2", "mobilenetv3-large",
    "mobilenetv3-small", "efficientnet-b0", "efficientnetv2-s", "convnext-tiny",
  ])
  func everyTensorOfTimmFindsItsParameter(name: String) throws {
    let tensors = try #require(try Fixture.timmNames()[name])
    let url = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try writeHollow(tensors, to: url)
    let backbone = try Backbone.named(name)(includesTop: true).loading(url)
    #expect(backbone.weights?.tensors.count == tensors.count)
    #expect(try Model(backbone).parameters.count == tensors.count)
  }

  /// What timm gives as the names of its own network is what a model with a new head is written under.
  @Test(arguments: [
    "resnet50", "densenet121", "mobilenetv2", "efficientnet-b0", "efficientnetv2-s",
  ])
  func aNewHeadGoesByTimmsNames(name: String) throws {
    let tensors = try #require(try Fixture.timmNames()[name])
    let url = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try writeHollow(tensors, to: url)
    var base = try Backbone.named(name)(includesTop: true, source: .timm).loading(url)
    base.includesTop = false
    let model = Model {
      base
      GlobalAveragePooling()
      Dense(7)
    }
    #expect(try Set(model.projectNames(of: model.outline()).values) == Set(tensors.keys))
  }

  /// Names of timm's `tf_efficientnet_lite0`; a port of it has others.
  @Test func liteNetworksGoByTimmsNames() throws {
    let model = Model {
      Backbone.efficientNetLite0
      GlobalAveragePooling()
      Dense(7)
    }
    let names = try Set(model.projectNames(of: model.outline()).values)
    #expect(names.count == 247)
    #expect(names.isSuperset(of: ["conv_stem.weight", "blocks.0.0.bn1.weight", "classifier.bias"]))
  }

  /// Writes a safetensors file whose values are a hole of zeros: names and shapes are all that counts.
  private func writeHollow(_ tensors: [String: [Int]], to url: URL) throws {
    var (header, offset): ([String: Any], Int) = ([:], 0)
    for (name, shape) in tensors {
      let end = offset + 4 * shape.reduce(1, *)
      header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [offset, end]]
      offset = end
    }
    let text = try JSONSerialization.data(withJSONObject: header)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
    try (length + text).write(to: url)
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(length.count + text.count + offset))
    try handle.close()
  }

  /// As timm's `adapt_input_conv` does it.
  @Test(arguments: [1, 2, 5])
  func theFirstKernelIsAdaptedToTheChannels(count: Int) throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "channels-\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let colour = try Model(.squeezeNet11(includesTop: true)).parameters
    let tensors = WeightMap.torch.writableTensors(colour) { parameter in
      (0..<parameter.type.shape.count).map { Float($0 % 251) }
    }
    try SafetensorsWriter.write(tensors, metadata: [:], to: url)
    let loaded = try Backbone.squeezeNet11(includesTop: true, inputChannels: count).loading(url)
    let kernel = try #require(try loaded.weights?.tensors["features.0.weight"]?.load())
    let outputs = 64
    #expect(kernel.count == 3 * 3 * count * outputs)
    for tap in [0, 4, 8] {
      for output in [0, 63] {
        let values = (0..<3).map { Float(((tap * 3 + $0) * outputs + output) % 251) }
        for channel in 0..<count {
          let found = kernel[(tap * count + channel) * outputs + output]
          let expected =
            count == 1 ? values.reduce(0, +) : values[channel % 3] * 3 / Float(count)
          #expect(abs(found - expected) <= 1e-5 * abs(expected))
        }
      }
    }
  }
}
