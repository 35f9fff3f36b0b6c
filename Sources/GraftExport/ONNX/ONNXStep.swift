public import GraftGraph
public import GraftWeights

/// What an operation is given to write itself as nodes of ONNX.
public struct ONNXStep {
  let builder: ONNXBuilder
  let node: Node

  /// The path of the layer, for names and errors.
  public var layer: String { node.layer }
  /// The number of samples that the graph was traced with, which stands for any number.
  public var batchSize: Int { builder.batchSize }
  /// The length of sequences that the graph was traced with, which stands for any length; `nil` where there
  /// are none.
  public var sequenceLength: Int? { builder.sequence?.length }

  /// The name of a vector of one integer, the length of the sequences of a batch.
  func sequenceLengthName() -> String {
    let shape = add("Shape", [builder.sequence?.input ?? ""])
    return add("Slice", [shape, constant([1]), constant([2]), constant([0])])
  }

  /// The type of the only result.
  public var resultType: TensorType { node.results[0] }
  public var operandCount: Int { node.operands.count }

  /// The type of an operand in Graft.
  public func type(_ operand: Int) -> TensorType { builder.graph.type(of: node.operands[operand]) }

  /// The name of an operand; images have their channels first, parameters PyTorch's layout.
  public func name(_ operand: Int) throws -> String { try builder.name(of: node.operands[operand]) }

  /// The parameter that an operand is, if it is one.
  public func parameter(_ operand: Int) -> Parameter? {
    builder.graph.parameterPath(of: node.operands[operand]).flatMap(builder.graph.parameter(at:))
  }

  /// Adds a node with one result and returns that one's name.
  public func add(
    _ operatorName: String, _ inputs: [String],
    _ attributes: [String: ONNXNode.Attribute] = [:]
  ) -> String {
    builder.add(operatorName, inputs, attributes, layer: layer)
  }

  /// The name of a constant single number.
  public func constant(_ value: Float) -> String { builder.constant(value) }

  /// The name of a constant vector of integers, such as a shape or axes.
  public func constant(_ values: [Int]) -> String { builder.constant(values) }

  /// An error that tells what of the operation ONNX can't say.
  public func refusal(_ reason: String) -> ExportError {
    .unsupported(node.operation?.name ?? "input", reason: reason, layer: layer)
  }

  /// Where an axis of a tensor of a rank is in ONNX.
  public func axis(_ axis: Int, ofRank rank: Int) -> Int { rank == 4 ? [0, 2, 3, 1][axis] : axis }
}
