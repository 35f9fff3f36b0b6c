import Foundation
import GraftWeights
import Testing

@Suite("Writing ONNX")
struct ONNXWriterTests {
  /// The network of `make_keras_fixtures.py`, which ONNX's checker and onnxruntime accepted.
  private func small() throws -> ONNXModel {
    let file = try WeightFile(contentsOf: Fixture.url("small.onnx"))
    func floats(_ name: String) throws -> ONNXInitializer {
      let tensor = try #require(file[name])
      return ONNXInitializer(
        WritableTensor(name: name, shape: tensor.shape) { try tensor.load() })
    }
    var model = ONNXModel(name: "small", documentation: "A small network.")
    model.inputs = [ONNXValue("input", [.named("batch"), .fixed(3), .fixed(8), .fixed(8)])]
    model.outputs = [ONNXValue("output", [.named("batch"), .fixed(2)])]
    model.nodes = [
      ONNXNode(
        "Conv", name: "conv", inputs: ["input", "conv.weight", "conv.bias"], outputs: ["conv"],
        attributes: ["pads": .integers([1, 1, 1, 1]), "auto_pad": .text("NOTSET")]),
      ONNXNode(
        "LeakyRelu", name: "relu", inputs: ["conv"], outputs: ["relu"],
        attributes: ["alpha": .float(0.25)]),
      ONNXNode("GlobalAveragePool", name: "pool", inputs: ["relu"], outputs: ["pool"]),
      ONNXNode("Reshape", name: "flat", inputs: ["pool", "shape"], outputs: ["flat"]),
      ONNXNode(
        "Gemm", name: "fc", inputs: ["flat", "fc.weight"], outputs: ["output"],
        attributes: ["transB": .integer(1)]),
    ]
    model.initializers = [
      try floats("conv.weight"), try floats("conv.bias"),
      ONNXInitializer("shape", integers: [0, -1]), try floats("fc.weight"),
    ]
    model.metadata = ["classes": "ant,bee", "licence": "none"]
    return model
  }

  @Test func everyByteEqualsTheReferences() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("small.onnx")
    try ONNXWriter.write(small(), to: url)
    #expect(try Data(contentsOf: url) == Data(Fixture.bytes("small.onnx")))
    #expect(try folder.names == ["small.onnx"])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    struct Interruption: Error {}
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("small.onnx")
    var model = try small()
    model.initializers.append(
      ONNXInitializer(WritableTensor(name: "late", shape: [1]) { throw Interruption() }))
    #expect(throws: Interruption.self) { try ONNXWriter.write(model, to: url) }
    model.initializers = [
      ONNXInitializer(WritableTensor(name: "huge", shape: [1 << 30]) { throw Interruption() })
    ]
    #expect(throws: WeightFileError.self) { try ONNXWriter.write(model, to: url) }
    #expect(try folder.names.isEmpty)
  }
}
