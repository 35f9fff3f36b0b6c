import GraftGraph

/// A network in the terms of ONNX, ready to be written.
///
/// Source: `onnx.proto` and `docs/IR.md` of ONNX. Nodes have to be in an order in which every input
/// is an input of the graph, an initializer, or an output of an earlier node.
public struct ONNXModel: Sendable {
  public var name: String
  public var inputs: [ONNXValue] = []
  public var outputs: [ONNXValue] = []
  public var nodes: [ONNXNode] = []
  public var initializers: [ONNXInitializer] = []
  /// The version of the operators.
  public var operatorSetVersion: Int
  /// What the network expects and gives: preprocessing, class names, licence.
  public var metadata: [String: String] = [:]
  /// For people, shown by viewers.
  public var documentation: String

  /// A network without nodes.
  ///
  /// - Parameter operatorSetVersion: 17 is the first with layer normalization.
  public init(name: String, operatorSetVersion: Int = 17, documentation: String = "") {
    self.name = name
    self.operatorSetVersion = operatorSetVersion
    self.documentation = documentation
  }
}

/// An input or output of a network.
public struct ONNXValue: Hashable, Sendable {
  /// The extent of one axis.
  public enum Dimension: Hashable, Sendable {
    case fixed(Int)
    /// Any extent, the same wherever the name is used, such as `batch`.
    case named(String)
  }

  /// What a tensor consists of, by ONNX's numbers.
  public enum ElementType: Int, Hashable, Sendable {
    case float32 = 1
    case int64 = 7
  }

  public var name: String
  public var dimensions: [Dimension]
  public var elementType: ElementType

  /// A tensor, of Float32 unless something else is said.
  public init(_ name: String, _ dimensions: [Dimension], _ elementType: ElementType = .float32) {
    self.name = name
    self.dimensions = dimensions
    self.elementType = elementType
  }
}

/// One operation of a network.
public struct ONNXNode: Hashable, Sendable {
  /// A constant that belongs to an operation.
  public enum Attribute: Hashable, Sendable {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case floats([Float])
    case text(String)
  }

  /// The operator, such as `Conv`.
  public var operatorName: String
  /// Unique in the graph; viewers show it.
  public var name: String
  /// Names of values; empty for an optional input that is left out.
  public var inputs: [String]
  public var outputs: [String]
  public var attributes: [String: Attribute]

  /// A node that gives values of names from values of names.
  public init(
    _ operatorName: String, name: String, inputs: [String], outputs: [String],
    attributes: [String: Attribute] = [:]
  ) {
    self.operatorName = operatorName
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }
}

/// A constant tensor of a network.
public struct ONNXInitializer: Sendable {
  enum Content: Sendable {
    case floats(Shape, @Sendable () throws -> [Float])
    case integers([Int])
  }

  public let name: String
  let content: Content

  /// A Float32 tensor, whose elements are asked for when they are written.
  public init(_ tensor: WritableTensor) {
    name = tensor.name
    content = .floats(tensor.shape, tensor.load)
  }

  /// A vector of Int64, such as a shape or axes.
  public init(_ name: String, integers: [Int]) {
    self.name = name
    content = .integers(integers)
  }
}
