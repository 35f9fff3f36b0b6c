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
      let graph = try ProtobufMessage(graph, only: [Field.node, Field.initializer])
      for initializer in graph.allBytes(Field.initializer) {
        if let tensor = try ONNXTensor(initializer).stored(files) { content.tensors.append(tensor) }
      }
      content.network = try graph.allBytes(Field.node).map { try ONNXStep($0) }
    }
    return content
  }
}
