extension Graph {
  /// Rebuilds the graph node by node, letting `replace` put something else in place of a node.
  ///
  /// - Parameter replace: Given a node's index, its operands in the new graph and the builder of
  ///   the new graph, returns the node's results there, or `nil` to copy the node.
  public func rewritten(
    _ replace: (Int, [Symbol], GraphBuilder) -> [Symbol]?
  ) throws(GraphError) -> Graph {
    let builder = GraphBuilder()
    var mapping: [Value: Symbol] = [:]
    for (index, node) in nodes.enumerated() {
      builder.layer = node.layer
      builder.phase = node.phase
      let operands = node.operands.compactMap { mapping[$0] }
      let results = replace(index, operands, builder) ?? copy(index, operands, into: builder)
      for (position, symbol) in results.enumerated() {
        mapping[Value(node: index, result: position)] = symbol
      }
    }
    carryNames(to: builder, mapping)
    return try builder.finish()
  }

  /// Gives endpoints, outputs and assignments to what stands for their values in another graph.
  func carryNames(to builder: GraphBuilder, _ mapping: [Value: Symbol]) {
    for (name, value) in endpoints { mapping[value].map { builder.offer($0, as: name) } }
    for (name, value) in outputs { mapping[value].map { builder.output($0, as: name) } }
    for assignment in assignments {
      mapping[assignment.value].map { builder.assign($0, to: assignment.parameter) }
    }
  }

  /// Adds a node to another graph as it is.
  func copy(_ index: Int, _ operands: [Symbol], into builder: GraphBuilder) -> [Symbol] {
    let node = nodes[index]
    switch node.source {
    case .input(let name, let kind): return [builder.input(name, node.results[0], kind: kind)]
    case .parameter(let path):
      guard let parameter = parameter(at: path) else { return [] }
      return [builder.parameter(parameter)]
    case .constant(let expression): return [builder.constant(expression, node.results[0])]
    case .operation(let operation): return builder.apply(operation, to: operands)
    }
  }

  /// How often each value is an operand or a result of the graph; endpoints don't count.
  func useCounts() -> [Value: Int] {
    var counts: [Value: Int] = [:]
    for node in nodes { for operand in node.operands { counts[operand, default: 0] += 1 } }
    for value in results { counts[value, default: 0] += 1 }
    return counts
  }
}
