import Foundation
import GraftGraph

/// Writes networks as ONNX, one tensor in memory at a time.
///
/// Fields are written in the order of their numbers, as the reference implementation does; the
/// numbers are those of `onnx.proto`.
public enum ONNXWriter {
  /// The version of the format that came with operator set 17.
  private static let formatVersion = 8
  /// Readers of protobuf refuse more.
  private static let greatestByteCount = Int(Int32.max)

  /// Writes a network so that the file appears complete or not at all.
  ///
  /// - Throws: `WeightFileError` (`.unsupported` beyond 2 GB), and whatever loading a tensor
  ///   throws; then nothing is written.
  public static func write(_ model: ONNXModel, to url: URL) throws {
    let nodes = nodes(model)
    let values = values(model)
    let initializers = model.initializers.map(InitializerParts.init)
    let byteCount = initializers.reduce(nodes.count + values.count) { $0 + $1.byteCount }
    guard byteCount < greatestByteCount else {
      throw WeightFileError(
        file: url.path, problem: .unsupported,
        explanation: "would take \(byteCount) bytes; ONNX files end at 2 GB")
    }
    var start = ProtobufEncoder()
    start.integer(1, formatVersion)
    start.text(2, "Graft")
    if !model.documentation.isEmpty { start.text(6, model.documentation) }
    start.header(7, byteCount: byteCount)
    let file = try AtomicFile(replacing: url)
    try file.write(start.bytes + nodes)
    for initializer in initializers { try initializer.write(to: file) }
    try file.write(values + end(model))
    try file.finish()
  }

  /// What follows the graph: the operators' version, and what the network says about itself.
  private static func end(_ model: ONNXModel) -> [UInt8] {
    var encoder = ProtobufEncoder()
    encoder.message(8) {
      $0.text(1, "")
      $0.integer(2, model.operatorSetVersion)
    }
    for (key, value) in model.metadata.sorted(by: { $0.key < $1.key }) {
      encoder.message(14) {
        $0.text(1, key)
        $0.text(2, value)
      }
    }
    return encoder.bytes
  }

  /// The graph up to its initializers.
  private static func nodes(_ model: ONNXModel) -> [UInt8] {
    var encoder = ProtobufEncoder()
    for node in model.nodes { encoder.message(1) { encode(node, in: &$0) } }
    encoder.text(2, model.name)
    return encoder.bytes
  }

  /// The graph behind its initializers.
  private static func values(_ model: ONNXModel) -> [UInt8] {
    var encoder = ProtobufEncoder()
    for (number, values) in [(11, model.inputs), (12, model.outputs)] {
      for value in values { encoder.message(number) { encode(value, in: &$0) } }
    }
    return encoder.bytes
  }

  private static func encode(_ node: ONNXNode, in encoder: inout ProtobufEncoder) {
    for input in node.inputs { encoder.text(1, input) }
    for output in node.outputs { encoder.text(2, output) }
    encoder.text(3, node.name)
    encoder.text(4, node.operatorName)
    for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      encoder.message(5) { encoder in
        encoder.text(1, name)
        switch attribute {
        case .float(let value):
          encoder.float(2, value)
          encoder.integer(20, 1)
        case .integer(let value):
          encoder.integer(3, value)
          encoder.integer(20, 2)
        case .text(let value):
          encoder.text(4, value)
          encoder.integer(20, 3)
        case .floats(let values):
          for value in values { encoder.float(7, value) }
          encoder.integer(20, 6)
        case .integers(let values):
          for value in values { encoder.integer(8, value) }
          encoder.integer(20, 7)
        }
      }
    }
  }

  /// A value's name, and its type.
  private static func encode(_ value: ONNXValue, in encoder: inout ProtobufEncoder) {
    encoder.text(1, value.name)
    encoder.message(2) { type in
      type.message(1) { tensor in
        tensor.integer(1, value.elementType.rawValue)
        tensor.message(2) { shape in
          for dimension in value.dimensions {
            shape.message(1) {
              switch dimension {
              case .fixed(let extent): $0.integer(1, extent)
              case .named(let name): $0.text(2, name)
              }
            }
          }
        }
      }
    }
  }
}

/// A tensor up to its raw elements, and how many bytes those take.
private struct InitializerParts {
  private let head: [UInt8]
  private let elementByteCount: Int
  private let content: ONNXInitializer.Content

  var byteCount: Int { head.count + elementByteCount }

  init(_ initializer: ONNXInitializer) {
    content = initializer.content
    var tensor = ProtobufEncoder()
    switch content {
    case .floats(let shape, _):
      for extent in shape.extents { tensor.integer(1, extent) }
      tensor.integer(2, 1)
      elementByteCount = shape.count * 4
    case .integers(let integers):
      tensor.integer(1, integers.count)
      tensor.integer(2, 7)
      elementByteCount = integers.count * 8
    }
    tensor.text(8, initializer.name)
    tensor.header(9, byteCount: elementByteCount)
    var field = ProtobufEncoder()
    field.header(5, byteCount: tensor.bytes.count + elementByteCount)
    head = field.bytes + tensor.bytes
  }

  func write(to file: borrowing AtomicFile) throws {
    try file.write(head)
    switch content {
    case .floats(_, let load):
      let elements = try load()
      precondition(elements.count * 4 == elementByteCount, "an initializer has another count")
      try elements.withUnsafeBytes { try file.write($0) }
    case .integers(let integers):
      try integers.map { Int64($0).littleEndian }.withUnsafeBytes { try file.write($0) }
    }
  }
}
