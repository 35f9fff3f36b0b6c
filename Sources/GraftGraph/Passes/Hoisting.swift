extension Graph {
  /// Replaces all that follows from frozen parameters alone by constants, computed once.
  ///
  /// - Parameter trainable: The parameters that change besides those that the graph assigns.
  public func hoisted(trainable: Set<ParameterPath>) throws(GraphError) -> Graph {
    let changes = nodesDepending(on: Set(changingSources(trainable)))
    var expressions: [Value: ConstantExpression] = [:]
    return try rewritten { index, _, builder in
      guard !changes[index] else { return nil }
      let node = nodes[index]
      return node.results.indices.map { result in
        let value = Value(node: index, result: result)
        let expression = expression(of: node, result: result, expressions)
        expressions[value] = expression
        return builder.constant(expression, node.results[result])
      }
    }.pruned()
  }

  private func expression(
    of node: Node, result: Int, _ known: [Value: ConstantExpression]
  ) -> ConstantExpression {
    switch node.source {
    case .parameter(let path): .parameter(path)
    case .constant(let expression): expression
    case .operation(let operation):
      .operation(
        AnyOperation(operation), operands: node.operands.compactMap { known[$0] }, result: result)
    case .input: preconditionFailure("an input is never constant")
    }
  }
}
