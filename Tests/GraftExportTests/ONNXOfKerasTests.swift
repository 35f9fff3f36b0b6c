import Foundation
import GraftGraph
import GraftLayers
import GraftModels
import GraftWeights
import Testing

/// Networks of Keras that tf2onnx wrote: its names, PyTorch's layout for convolutions.
@Suite("Reading networks of Keras in ONNX")
struct ONNXOfKerasTests {
  private static var backbone: Backbone {
    Backbone(
      Recipe(
        name: "small-vgg", title: "Small",
        classifier: ["classifier.0", "classifier.3", "classifier.6"]),
      Variant(.keras, VGG(depths: [1, 1], width: 2), inputSize: 56))
  }

  /// A file with the tensors of two convolutions, out × in × 3 × 3, and more.
  private func write(_ more: [(String, Shape)], prefix: String, number: String, to url: URL) throws
  {
    var model = ONNXModel(name: "network")
    let convolutions: [(String, Shape)] = [
      ("\(prefix)block1_conv1\(number)/convolution/ReadVariableOp:0", [2, 3, 3, 3]),
      ("\(prefix)block1_conv1\(number)/Squeeze:0", [2]),
      ("\(prefix)block2_conv1\(number)/Conv2D/ReadVariableOp:0", [4, 2, 3, 3]),
      ("\(prefix)block2_conv1\(number)/BiasAdd/ReadVariableOp:0", [4]),
    ]
    for (name, shape) in convolutions + more {
      model.initializers.append(
        ONNXInitializer(
          WritableTensor(name: name, shape: shape) { (0..<shape.count).map(Float.init) }))
    }
    try ONNXWriter.write(model, to: url)
  }

  @Test(arguments: [("functional_1/", "_1"), ("StatefulPartitionedCall/vgg/", ""), ("", "_17")])
  func convolutionsAreFoundAndTurned(prefix: String, number: String) throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a.onnx")
    try write([], prefix: prefix, number: number, to: url)
    let values = try Self.backbone.loading(url).values()
    let kernel = try #require(values["features.0.weight"])
    // Height, width, in, out from out, in, height, width.
    for (y, x, i, o) in [(0, 0, 0, 0), (0, 1, 0, 0), (2, 0, 0, 0), (0, 0, 1, 0), (2, 1, 2, 1)] {
      #expect(kernel[((y * 3 + x) * 3 + i) * 2 + o] == Float(((o * 3 + i) * 3 + y) * 3 + x))
    }
    #expect(values["features.3.bias"] == [0, 1, 2, 3])
  }

  @Test func somebodysHeadAndConstantsAreDroppedWithTheTop() throws {
    let folder = try TemporaryFolder()
    let url = folder.file("a.onnx")
    let head: [(String, Shape)] = [
      ("functional_1/dense_3_1/Cast/ReadVariableOp:0", [4, 2]),
      ("functional_1/dense_3_1/BiasAdd/ReadVariableOp:0", [2]),
      ("functional_1/batch_normalization_1/batchnorm/mul:0", [4]), ("const_fold_opt__98", [1]),
    ]
    try write(head, prefix: "functional_1/", number: "_1", to: url)
    #expect(try Self.backbone.loading(url).values().count == 4)
    // A layer that only looks like a head is told.
    try write(
      head + [("functional_1/attention_1/MatMul/ReadVariableOp:0", [4, 4])],
      prefix: "functional_1/", number: "_1", to: url)
    let mismatch = #expect(throws: WeightMismatch.self) { try Self.backbone.loading(url) }
    #expect(try #require(mismatch).description.contains("attention"))
  }
}
