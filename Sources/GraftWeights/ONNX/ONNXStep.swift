/// One node of a network in ONNX, as far as it tells which tensors are used for what.
struct ONNXStep: Sendable {
  private enum Field {
    static let input = 1
    static let output = 2
    static let operation = 4
    static let attribute = 5
    static let name = 1
    static let float = 2
    static let integer = 3
    static let text = 4
    static let integers = 8
  }

  /// Whether the step gives the numbers it reads, in another order at most.
  var onlyMoves: Bool { operation == "Transpose" || operation == "Identity" }

  let operation: String
  let inputs: [String]
  let outputs: [String]
  private(set) var integers: [String: [Int]] = [:]
  private(set) var texts: [String: String] = [:]

  /// Inputs, outputs and axes: more than any node of a network has, but for a concatenation.
  private static let greatestCount = 1 << 12

  init(_ bytes: ByteView) throws {
    let node = try ProtobufMessage(bytes, atMost: 4 * Self.greatestCount)
    operation = try node.text(Field.operation) ?? ""
    inputs = try node.allBytes(Field.input).map { try $0.name("an input of a node") }
    outputs = try node.allBytes(Field.output).map { try $0.name("an output of a node") }
    for bytes in node.allBytes(Field.attribute) {
      let attribute = try ProtobufMessage(
        bytes, only: [Field.name, Field.integer, Field.text, Field.integers],
        atMost: Self.greatestCount)
      guard let name = try attribute.text(Field.name) else { continue }
      if let value = attribute.integer(Field.integer) {
        integers[name] = [Int(truncatingIfNeeded: value)]
      } else if let text = try? attribute.text(Field.text) {
        texts[name] = text
      } else {
        integers[name] = try attribute.integers(Field.integers, atMost: Self.greatestCount)
          .map { Int(truncatingIfNeeded: $0) }
      }
    }
  }
}
