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
  /// The extent of the second axis of tokens, which any number may take the place of.
  private static let sequenceName = "sequence"
  /// The most tokens that a graph is traced with.
  private static let sequenceLength = 7
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
  /// A network that reads tokens has the inputs `input_ids`, `attention_mask` and, where it tells two texts
  /// apart, `token_type_ids`, Int64 as transformers has them: any number of texts of any length up to the
  /// network's.
  ///
  /// - Parameter axes: The order of axes of the input, and of the output where it is an image.
  /// - Throws: ``ExportError``; `GraphError`; `WeightFileError` beyond 2 GB.
  public func writeONNX(_ axes: ImageAxes = .nchw, to url: URL) throws {
    try ONNXWriter.write(makeONNX(axes), to: url)
  }

  /// The network in the terms of ONNX; no value is read yet.
  public func makeONNX(_ axes: ImageAxes = .nchw) throws -> ONNXModel {
    let inputs = tracedInputs
    let graph = try model.trace(batchSize: Self.batchSize, samples: inputs)
      .specializedForInference().pruned()
    guard let output = graph.outputs["output"] else {
      throw ExportError.unsupported("model", reason: "it has no output", layer: model.name)
    }
    let length = isOfPictures ? nil : inputs.tensors.first?.type.shape.extents.first
    let builder = ONNXBuilder(
      graph, batchSize: Self.batchSize,
      sequence: length.map { (inputs.tensors.first?.name ?? "", $0) }, value: value)
    try builder.addOperations { try addInput($0, inputs, axes, to: builder) }
    var result = try builder.name(of: output)
    let type = graph.type(of: output)
    if axes == .nhwc, type.shape.rank == 4 { result = builder.transposed([result], [0, 2, 3, 1]) }
    // What is nothing but the input still needs a node.
    if builder.nodes.isEmpty { result = builder.add("Identity", [result], [:], layer: "") }
    builder.rename(result, to: "output")
    builder.prune(outputs: ["output"])

    var network = ONNXModel(name: model.name, documentation: documentation(axes))
    network.inputs = inputs.tensors.map { value(of: $0, axes) }
    network.outputs = [ONNXValue("output", dimensions(type.shape.extents, axes))]
    (network.nodes, network.initializers) = (builder.nodes, builder.initializers)
    network.metadata = try metadata()
    if isOfPictures { network.metadata["input_layout"] = axes.rawValue }
    return network
  }

  /// What the graph is traced with: pictures as they are, sequences of a length that stands for any.
  private var tracedInputs: Signature {
    if isOfPictures { return model.network.inputs }
    return Signature(
      model.network.inputs.tensors.map { tensor in
        guard tensor.type.shape.rank == 1 else { return tensor }
        let length = min(Self.sequenceLength, tensor.type.shape[0])
        return TensorSpec(tensor.name, [length], tensor.type.elementType)
      })
  }

  /// - Throws: ``ExportError`` for a picture network's further inputs.
  private func addInput(
    _ name: String, _ inputs: Signature, _ axes: ImageAxes, to builder: ONNXBuilder
  ) throws -> String {
    guard let input = inputs[name] else {
      throw ExportError.unsupported(
        "input", reason: "a network in ONNX has no input '\(name)'", layer: name)
    }
    guard !isOfPictures else {
      return axes == .nchw ? name : builder.transposed([name], [0, 3, 1, 2])
    }
    // People give masks as integers too.
    return input.type.elementType == .int32
      ? name : builder.add("Cast", [name], ["to": .integer(1)], layer: "")
  }

  private func value(of input: TensorSpec, _ axes: ImageAxes) -> ONNXValue {
    let extents = [Self.batchSize] + input.type.shape.extents
    guard !isOfPictures else { return ONNXValue(input.name, dimensions(extents, axes)) }
    return ONNXValue(
      input.name, [.named(Self.batchName), .named(Self.sequenceName)], .int64)
  }

  private func dimensions(_ extents: [Int], _ axes: ImageAxes) -> [ONNXValue.Dimension] {
    let ordered =
      axes == .nchw && extents.count == 4
      ? [extents[0], extents[3], extents[1], extents[2]] : extents
    return [.named(Self.batchName)] + ordered.dropFirst().map { .fixed($0) }
  }

  private func documentation(_ axes: ImageAxes) -> String {
    guard isOfPictures else {
      return
        "Input: the numbers of tokens, framed and filled up as the network's tokenizer does, and a "
        + "mask, 1 for tokens and 0 for what fills up. The metadata `classes` names the outputs."
    }
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
