import Foundation
import GraftExport
import GraftGraph
import GraftModels
import GraftWeights
import Testing

@Suite("Writing weights by other names")
struct WeightNamesTests {
  @Test(arguments: WeightNames.allCases)
  func safetensorsAreReadBack(_ names: WeightNames) throws {
    let folder = try TemporaryFolder()
    let source: Variant.Source = names == .torch ? .torchvision : .keras
    let base = Backbone.smallResNet(includesTop: true, source: source)
    let export = try ModelExport(counting: Model(base))
    let url = folder.file("a.safetensors")
    try export.writeSafetensors(names, to: url)
    let loaded = try Backbone.smallResNet(includesTop: true).loading(url)
    #expect(loaded.variant.source == source)
    try expectEqual(loaded, export, Model(base))
    let file = try WeightFile(contentsOf: url)
    let name = names == .torch ? "layer1.0.conv2.weight" : "conv2_block1_2_conv/kernel"
    let shape: Shape = names == .torch ? [4, 4, 3, 3] : [3, 3, 4, 4]
    #expect(file[name]?.shape == shape)
  }

  @Test func kerasNetworksAreReadBackByTheirOwnPathsToo() throws {
    let folder = try TemporaryFolder()
    let base = Backbone.smallResNet(includesTop: true, source: .keras)
    let export = try ModelExport(counting: Model(base))
    let url = folder.file("a.safetensors")
    try export.writeSafetensors(to: url)
    let loaded = try Backbone.smallResNet(includesTop: true).loading(url)
    #expect(loaded.variant.source == .keras)
    try expectEqual(loaded, export, Model(base))
  }

  @Test func kerasFilesAreReadBack() throws {
    let folder = try TemporaryFolder()
    let base = Backbone.smallResNet(includesTop: true, source: .keras)
    let export = try ModelExport(counting: Model(base))
    let url = folder.file("a.weights.h5")
    try export.writeKeras(to: url)
    let loaded = try Backbone.smallResNet(includesTop: true).loading(url)
    #expect(loaded.variant.source == .keras)
    try expectEqual(loaded, export, Model(base))
  }

  /// The order of `keras.applications.ResNet50`: the shortcut, as far from the output as the last
  /// convolution of its block, comes before it.
  @Test func layersStandInKerasOrder() throws {
    let base = Backbone.smallResNet(source: .keras)
    let graph = try Model(base).trace(batchSize: 1).specializedForInference().pruned()
    let names = (try Model(base).endpoints).filter {
      $0.name.hasPrefix("conv2_block1") && $0.name.hasSuffix("_conv")
    }
    let layers = names.compactMap { endpoint in endpoint.layer.map { KerasLayer(endpoint.name, $0) }
    }
    #expect(
      KerasOrder(graph).sorted(layers).map(\.name) == [
        "conv2_block1_1_conv", "conv2_block1_2_conv", "conv2_block1_0_conv", "conv2_block1_3_conv",
      ])
  }

  @Test func whatKerasLacksMustHaveNoEffect() throws {
    let folder = try TemporaryFolder()
    let base = Backbone.inceptionV3(source: .keras)
    let parameters = try Model(base).parameters
    var values: [ParameterPath: [Float]] = [:]
    for parameter in parameters {
      let filling: Float = parameter.role == .normalizationScale ? 1 : 0.5
      values[parameter.path] = Array(repeating: filling, count: parameter.type.shape.count)
    }
    let url = folder.file("a.weights.h5")
    try ModelExport(Model(base), values: values).writeKeras(to: url)
    let file = try WeightFile(contentsOf: url)
    #expect(file["batch_normalization/beta"] != nil)
    #expect(file["batch_normalization/gamma"] == nil)
    let scale = try #require(parameters.first { $0.role == .normalizationScale })
    values[scale.path]?[0] = 2
    let error = #expect(throws: ExportError.self) {
      try ModelExport(Model(base), values: values).writeKeras(to: url)
    }
    #expect(try #require(error).description.contains(scale.path.description))
  }

  @Test func pixelsAreNormalizedAsTheModelExpectsThem() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a.weights.h5")
    try ModelExport(counting: Model(.efficientNetB0(source: .keras))).writeKeras(to: url)
    let file = try WeightFile(contentsOf: url)
    #expect(try file["normalization/mean"]?.load() == [0.485, 0.456, 0.406])
    #expect(
      try file["normalization/variance"]?.load() == [0.229, 0.224, 0.225].map { Float($0 * $0) })
  }

  @Test func modelsWithinTheModelAreGroupsOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    let base = Backbone.smallConvNeXt(includesTop: true)
    let export = try ModelExport(counting: Model(base))
    let url = folder.file("a.weights.h5")
    try export.writeKeras(to: url)
    try expectEqual(try Backbone.smallConvNeXt(includesTop: true).loading(url), export, Model(base))
    let file = try WeightFile(contentsOf: url)
    #expect(file["convnext_s_stem_conv/kernel"]?.shape == [4, 4, 3, 8])
    #expect(file["convnext_s_stage_0_block_1_depthwise_conv/kernel"]?.shape == [7, 7, 1, 8])
    #expect(file["convnext_s_stage_1_block_0_layer_scale/gamma"]?.shape == [16])
    // Groups by which Keras finds them: two submodels, three scales, no depthwise convolution.
    let bytes = try Data(contentsOf: url)
    func holds(_ group: String) -> Bool {
      bytes.range(of: Data([UInt8(group.utf8.count), 0] + group.utf8)) != nil
    }
    #expect(holds("sequential") && holds("sequential_1") && !holds("sequential_2"))
    #expect(holds("layer_scale_2") && !holds("layer_scale_3"))
    #expect(!holds("depthwise_conv2d"))
  }

  @Test func networksThatEndDifferentlyInKerasAreNotWrittenWithoutTheirClassifier() throws {
    let folder = try TemporaryFolder()
    let export = try ModelExport(counting: Model(.smallConvNeXt))
    let url = folder.file("a.weights.h5")
    let error = #expect(throws: ExportError.self) { try export.writeKeras(to: url) }
    #expect(try #require(error).description.contains("layer_normalization"))
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test func layersThatKerasLacksAreNamed() throws {
    let folder = try TemporaryFolder()
    let export = try ModelExport(counting: Model(.squeezeNet11))
    let error = #expect(throws: ExportError.self) {
      try export.writeKeras(to: folder.file("a.weights.h5"))
    }
    #expect(try #require(error).description.contains("features.0"))
  }

  private func expectEqual(_ loaded: Backbone, _ export: ModelExport, _ model: Model) throws {
    let values = try loaded.values()
    for parameter in try model.parameters {
      #expect(values[parameter.path] == (try export.value(of: parameter)), "\(parameter.path)")
    }
  }
}
