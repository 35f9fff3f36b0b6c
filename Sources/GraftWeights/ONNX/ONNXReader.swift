import GraftGraph

/// Reads the initializers of a network in ONNX by name, and its nodes, by which tensors are told that
/// an exporter renamed.
///
/// Source: `onnx.proto` (fields of ModelProto, GraphProto, NodeProto and TensorProto).
enum ONNXReader {
  private enum Field {
    static let irVersion = 1
    static let producer = 2
    static let graph = 7
    static let node = 1
    static let initializer = 5
    static let input = 11
    static let metadata = 14
  }

  /// Whether the bytes are a protobuf message that starts as a network does: with its version and
  /// a graph. (The format has no signature.)
  static func recognizes(_ bytes: ByteView) -> Bool {
    guard bytes.hasBytes([0x08]),
      let model = try? ProtobufMessage(bytes, only: [Field.irVersion, Field.graph]),
      let version = model.integer(Field.irVersion)
    else { return false }
    return (1...64).contains(version) && model.bytes(Field.graph) != nil
  }

  static func read(_ bytes: ByteView) throws -> WeightFileContent {
    let model = try ProtobufMessage(bytes)
    var content = WeightFileContent()
    content.metadata["producer"] = try model.text(Field.producer)
    for entry in model.allBytes(Field.metadata) {
      let pair = try ProtobufMessage(entry)
      if let key = try pair.text(1) { content.metadata[key] = try pair.text(2) }
    }
    let files = ONNXExternalFiles(of: bytes)
    for graph in model.allBytes(Field.graph) {
      let graph = try ProtobufMessage(graph, only: [Field.node, Field.initializer, Field.input])
      for initializer in graph.allBytes(Field.initializer) {
        if let tensor = try ONNXTensor(initializer).stored(files) { content.tensors.append(tensor) }
      }
      content.imageSize = try graph.allBytes(Field.input).compactMap(imageSize).first
      content.network = try graph.allBytes(Field.node).map { try ONNXStep($0) }
    }
    return content
  }

  /// Height and width of an input of images in colour, channels first or last; nil for other inputs and
  /// where the file leaves them open.
  private static func imageSize(_ input: ByteView) throws -> Extent2D? {
    guard let type = try ProtobufMessage(input, only: [2]).bytes(2),
      let tensor = try ProtobufMessage(type, only: [1]).bytes(1),
      let shape = try ProtobufMessage(tensor, only: [2]).bytes(2)
    else { return nil }
    let dimensions = try ProtobufMessage(shape, only: [1]).allBytes(1)
    guard dimensions.count == 4 else { return nil }
    let extents = try dimensions.map { try ProtobufMessage($0, only: [1]).integer(1) ?? 0 }
    let sides = extents[1] == 3 ? extents[2...3] : extents[3] == 3 ? extents[1...2] : []
    guard sides.count == 2, sides.allSatisfy({ (1...1 << 14).contains($0) }) else { return nil }
    return Extent2D(Int(sides[sides.startIndex]), Int(sides[sides.startIndex + 1]))
  }
}
