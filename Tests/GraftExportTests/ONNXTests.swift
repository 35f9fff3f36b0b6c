import Foundation
import GraftData
import GraftExport
import GraftGraph
import GraftModels
import GraftWeights
import Testing

@Suite("Writing models as ONNX")
struct ONNXTests {
  private func image(_ layers: (any Layer)...) -> Model {
    Model(name: "small", inputSize: Extent2D(8, 6), classNames: ["ant", "bee"]) { layers }
  }

  @Test func everyOperationOfEveryBackboneHasARule() throws {
    for backbone in Backbone.all {
      for variant in backbone.variants {
        let model = Model(backbone(includesTop: true, source: variant.source))
        let graph = try model.trace(batchSize: 1).specializedForInference().pruned()
        let lacking = graph.nodes.compactMap(\.operation).filter { !($0 is any ONNXOperation) }
        #expect(lacking.isEmpty, "\(backbone.name): \(Set(lacking.map(\.name)))")
      }
    }
  }

  @Test func aNetworkIsWrittenNodeByNode() throws {
    let model = image(
      Convolution2D(4, kernel: 3, strides: 2, padding: .symmetric(1), activation: .relu6),
      GraftLayers.BatchNormalization(epsilon: 1e-3), MaxPooling2D(2), Flatten(),
      GraftLayers.Dropout(0.5), Dense(2), GraftLayers.Softmax())
    let network = try ModelExport(counting: model).makeONNX()
    #expect(
      network.nodes.map(\.operatorName) == [
        "Conv", "Clip", "BatchNormalization", "MaxPool", "Flatten", "Gemm", "Softmax",
      ])
    let convolution = network.nodes[0]
    #expect(convolution.inputs == ["input", "convolution2d.weight", "convolution2d.bias"])
    #expect(convolution.attributes["pads"] == .integers([1, 1, 1, 1]))
    #expect(convolution.attributes["strides"] == .integers([2, 2]))
    #expect(network.nodes[2].attributes["epsilon"] == .float(1e-3))
    #expect(network.nodes[5].attributes["transB"] == .integer(1))
    #expect(network.nodes.last?.outputs == ["output"])
    #expect(
      network.inputs == [ONNXValue("input", [.named("batch"), .fixed(3), .fixed(8), .fixed(6)])])
    #expect(network.outputs == [ONNXValue("output", [.named("batch"), .fixed(2)])])
    #expect(Set(network.nodes.map(\.name)).count == network.nodes.count)
    // Each node reads what is there before it.
    var known = Set(network.initializers.map(\.name) + ["input"])
    for node in network.nodes {
      #expect(known.isSuperset(of: node.inputs), "\(node.name)")
      known.formUnion(node.outputs)
    }
  }

  @Test func channelsLastTransposesAtBothEnds() throws {
    let network = try ModelExport(counting: image(Convolution2D(4, kernel: 1))).makeONNX(.nhwc)
    #expect(network.nodes.map(\.operatorName) == ["Transpose", "Conv", "Transpose"])
    #expect(network.nodes[0].attributes["perm"] == .integers([0, 3, 1, 2]))
    #expect(network.nodes[2].attributes["perm"] == .integers([0, 2, 3, 1]))
    #expect(network.inputs[0].dimensions == [.named("batch"), .fixed(8), .fixed(6), .fixed(3)])
    #expect(network.outputs[0].dimensions == [.named("batch"), .fixed(8), .fixed(6), .fixed(4)])
  }

  @Test func whatStandsBetweenFlattenAndDenseKeepsTheOrderOfElements() throws {
    let model = image(Flatten(), GraftLayers.BatchNormalization(epsilon: 1e-3), Dense(2))
    let network = try ModelExport(counting: model).makeONNX()
    #expect(
      network.nodes.map(\.operatorName) == ["Transpose", "Reshape", "BatchNormalization", "Gemm"])
    #expect(network.nodes[3].attributes["transB"] == .integer(1))
  }

  @Test func aSizeRoundedUpBecomesPadding() throws {
    let maximum = MaxPooling2D(3, strides: 2, roundsUp: true)
    let network = try ModelExport(counting: image(maximum)).makeONNX()
    // 8 × 6 pixels: the last window of the width begins at 4 and ends at 7.
    #expect(network.nodes[0].attributes["pads"] == .integers([0, 0, 1, 1]))
    #expect(network.outputs[0].dimensions.suffix(2) == [.fixed(4), .fixed(3)])
  }

  @Test func aFileIsReadBackAsWeights() throws {
    let folder = try TemporaryFolder()
    let model = Model(.smallResNet(includesTop: true, classCount: 7))
    let export = try ModelExport(counting: model)
    try export.writeONNX(to: folder.file("a.onnx"))
    let file = try WeightFile(contentsOf: folder.file("a.onnx"))
    #expect(file.format == .onnx)
    let assignment = try WeightMap.torch.assign(file, to: model.parameters)
    let expected = try ModelExport(counting: model)
    for parameter in try model.parameters {
      #expect(
        try assignment[parameter.path]?.load() == expected.value(of: parameter),
        "\(parameter.path)")
    }
  }

  @Test func classesAndPreprocessingTravelAlong() throws {
    let network = try ModelExport(counting: image(GlobalAveragePooling(), Dense(2))).makeONNX()
    #expect(network.metadata["classes"] == #"["ant","bee"]"#)
    #expect(network.metadata["input_layout"] == "nchw")
    let preprocessing = try JSONDecoder().decode(
      Preprocessing.self, from: Data((network.metadata["preprocessing"] ?? "").utf8))
    #expect(preprocessing == image(GlobalAveragePooling()).preprocessing)
  }

  @Test func aDenseKernelThatConvolvesKeepsItsNameAndLayout() throws {
    let network = try ModelExport(counting: image(PixelwiseLayer().named("dense"))).makeONNX()
    #expect(network.nodes.map(\.operatorName) == ["Reshape", "Conv"])
    #expect(network.nodes[0].inputs == ["dense.weight", "[5, 3, 1, 1]"])
    #expect(network.outputs[0].dimensions[1] == .fixed(5))
  }

  @Test func anOperationWithoutARuleIsNamed() throws {
    let model = image(Unexportable().named("strange"))
    let error = #expect(throws: ExportError.self) { try ModelExport(counting: model).makeONNX() }
    let text = try #require(error).description
    #expect(text.contains("SumOfSquares of 'strange'"))
    #expect(text.contains("ONNXOperation"))
  }
}

/// A layer whose operation no network has.
private struct Unexportable: Layer {
  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    scope.builder.apply(SumOfSquares(), to: input)
  }
}

/// A dense layer that each pixel goes through.
private struct PixelwiseLayer: Layer {
  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let weight = scope.parameter(
      "weight", [3, 5], role: .denseKernel, initializer: .glorotUniform)
    let kernel = weight.reshaped(to: [1, 1, 3, 5])
    return scope.builder.apply(Convolution(ConvolutionGeometry()), to: input, kernel)
  }
}
