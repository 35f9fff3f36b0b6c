import Foundation
import GraftData
import GraftExport
import GraftModels
import GraftWeights

/// A folder that vanishes with its owner.
struct TemporaryFolder: ~Copyable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appending(path: name) }
}

extension ModelExport {
  /// A model whose parameters count upwards from a start of their own.
  init(counting model: Model) throws {
    var values: [ParameterPath: [Float]] = [:]
    for (index, parameter) in try model.parameters.enumerated() {
      values[parameter.path] = (0..<parameter.type.shape.count).map { Float(index * 1000 + $0) }
    }
    self.init(model, values: values)
  }
}

extension Backbone {
  /// A residual network of four blocks in torchvision's and in Keras's way.
  static var smallResNet: Backbone {
    func network(_ followsKeras: Bool) -> ResNet {
      ResNet(.bottleneck, depths: [2, 1, 1, 1], width: 4, followsKeras: followsKeras)
    }
    return Backbone(
      Recipe(name: "small", title: "Small", classifier: ["fc"]),
      Variant(.torchvision, network(false), inputSize: 32),
      Variant(.keras, network(true), inputSize: 32, preprocessing: .caffe(size: 32)))
  }

  /// A ConvNeXt of two stages as Keras builds it: models within the model, and grouped convolutions.
  static var smallConvNeXt: Backbone {
    Backbone(
      Recipe(
        name: "small-convnext", title: "Small", classifier: ["classifier.0", "classifier.2"]),
      Variant(
        .keras, ConvNeXt(depths: [2, 1], width: 8, alias: "convnext_s"), inputSize: 32,
        preprocessing: .torchvision(size: 32, resizeRule: .stretch),
        keras: KerasStructure(
          submodels: ["convnext_s_stem", "convnext_s_downsampling_block_0"],
          groupsDepthwise: true, layerWithoutTop: "layer_normalization")))
  }

  /// The values that a file gives, by path.
  func values() throws -> [ParameterPath: [Float]] {
    try (weights?.tensors ?? [:]).mapValues { try $0.load() }
  }
}
