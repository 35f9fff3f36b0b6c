import GraftGraph

/// Which values lie within others: views of what was computed before, and parts of a batch that
/// are computed one by one.
struct ValueRegions {
  /// A value that has memory of its own, and where another lies within it.
  struct Region {
    let whole: Value
    let byteOffset: Int
  }

  private var regions: [Value: Region] = [:]

  init(_ graph: Graph) {
    // Parts first: their wholes come after them, and views of a part lie in its whole.
    for (index, node) in graph.nodes.enumerated() where node.operation is any JoiningOperation {
      var byteOffset = 0
      for part in node.operands {
        regions[part] = Region(whole: Value(node: index), byteOffset: byteOffset)
        byteOffset += graph.type(of: part).byteCount
      }
    }
    for (index, node) in graph.nodes.enumerated() {
      guard let view = node.operation as? any ViewOperation else { continue }
      let (operand, type) = (self[node.operands[0]], graph.type(of: node.operands[0]))
      let byteOffset = view.elementOffset(in: type) * type.elementType.byteCount
      regions[Value(node: index)] = Region(
        whole: operand.whole, byteOffset: operand.byteOffset + byteOffset)
    }
  }

  /// Where a value lies; most have memory of their own.
  subscript(value: Value) -> Region { regions[value] ?? Region(whole: value, byteOffset: 0) }

  /// The value that has the memory of `value`.
  func whole(of value: Value) -> Value { self[value].whole }
}
