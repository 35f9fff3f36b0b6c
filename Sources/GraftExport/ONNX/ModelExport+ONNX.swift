public import Foundation
import GraftGraph
public import GraftWeights

/// The order of the axes of images.
public enum ImageAxes: String, CaseIterable, Sendable {
  /// (N, channels, height, width), as most networks in ONNX take them.
  case nchw
  /// (N, height, width, channels), as Graft and Keras take them.
  case nhwc
}

extension ModelExport {
  /// The extent of the first axis, which any other number may take the place of.
  private static let batchName = "batch"
  /// Neither 1, which broadcasts, nor likely to be the extent of another axis.
  private static let batchSize = 3

  /// Writes the model for predicting as ONNX, operator set 17, so that the file appears complete or
  /// not at all.
  ///
  /// Input: `input`, any number of prepared pictures. Output: `output`, of a classifier its logits
  /// unless the model itself ends in a softmax or sigmoid. Parameters have PyTorch's names and
  /// layout. The metadata hold the model's name, its classes (a JSON array), its preprocessing (JSON)
  /// and `input_layout`.
  ///
  /// - Parameter axes: The order of axes of the input, and of the output where it is an image.
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError` beyond 2 GB.
  public func writeONNX(_ axes: ImageAxes = .nchw, to url: URL) throws {
    try ONNXWriter.write(makeONNX(axes), to: url)
  }

  /// The network in the terms of ONNX; no value is read yet.
  public func makeONNX(_ axes: ImageAxes = .nchw) throws -> ONNXModel {
    let graph = try model.trace(batchSize: Self.batchSize).specializedForInference().pruned()
    guard let output = graph.outputs["output"] else {
      throw ExportError.unsupported("model", reason: "it has no output", layer: model.name)
    }
    let builder = ONNXBuilder(graph, batchSize: Self.batchSize, value: value)
    try builder.addOperations { name in
      guard name == "input" else {
        throw ExportError.unsupported(
          "input", reason: "a network in ONNX has no input '\(name)'", layer: name)
      }
      return axes == .nchw ? name : builder.transposed([name], [0, 3, 1, 2])
    }
    var result = try builder.name(of: output)
    let type = graph.type(of: output)
    if axes == .nhwc, type.shape.rank == 4 { result = builder.transposed([result], [0, 2, 3, 1]) }
    // What is nothing but the input still needs a node.
    if builder.nodes.isEmpty { result = builder.add("Identity", [result], [:], layer: "") }
    builder.rename(result, to: "output")
    builder.prune(outputs: ["output"])

    var network = ONNXModel(name: model.name, documentation: documentation(axes))
    network.inputs = [
      ONNXValue(
        "input",
        dimensions(
          [Self.batchSize, model.inputSize.height, model.inputSize.width, model.inputChannels],
          axes))
    ]
    network.outputs = [ONNXValue("output", dimensions(type.shape.extents, axes))]
    (network.nodes, network.initializers) = (builder.nodes, builder.initializers)
    network.metadata = try metadata()
    network.metadata["input_layout"] = axes.rawValue
    return network
  }

  private func dimensions(_ extents: [Int], _ axes: ImageAxes) -> [ONNXValue.Dimension] {
    let ordered =
      axes == .nchw && extents.count == 4
      ? [extents[0], extents[3], extents[1], extents[2]] : extents
    return [.named(Self.batchName)] + ordered.dropFirst().map { .fixed($0) }
  }

  private func documentation(_ axes: ImageAxes) -> String {
    let p = preprocessing
    return "Input: pictures of \(p.size.width) x \(p.size.height) pixels, \(p.channelOrder), "
      + "\(axes.rawValue), (x * \(p.scale) - \(p.mean)) / \(p.standardDeviation) of x from 0 to 255. "
      + "The metadata `preprocessing` tells how to resize; `classes` names the outputs."
  }
}

extension ONNXBuilder {
  func transposed(_ inputs: [String], _ order: [Int]) -> String {
    add("Transpose", inputs, ["perm": .integers(order)], layer: "")
  }
}
