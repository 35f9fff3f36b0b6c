extension Graph {
  /// Adds the gradients of one scalar with respect to chosen sources, and nothing else.
  ///
  /// Backward nodes exist only where "depends on a target" and "reaches the loss" meet: a frozen
  /// parameter has no gradient value here, so no memory can ever be planned for one.
  ///
  /// - Parameters:
  ///   - loss: A value of one element.
  ///   - targets: Parameters or inputs of this graph.
  /// - Returns: The extended graph, in which this graph's values stay valid, and the gradient of
  ///   each target that the loss depends on.
  public func differentiated(
    _ loss: Value, withRespectTo targets: Set<Value>
  ) throws(GraphError) -> (graph: Graph, gradients: [Value: Value]) {
    let builder = GraphBuilder(extending: self)
    builder.phase = .backward
    let dependsOnTarget = nodesDepending(on: targets)
    var gradients: [Value: Symbol] = [
      loss: builder.apply(Fill(1, shape: type(of: loss).shape), to: [])[0]
    ]
    for index in nodes.indices.reversed() where dependsOnTarget[index] {
      guard let operation = nodes[index].operation else { continue }
      builder.layer = nodes[index].layer
      let results = nodes[index].results.indices.map { Value(node: index, result: $0) }
      let resultGradients = results.map { gradients[$0] }
      guard resultGradients.contains(where: { $0 != nil }) else { continue }
      let step = BackwardStep(
        operands: nodes[index].operands.map(builder.symbol),
        results: results.map(builder.symbol), resultGradients: resultGradients, builder: builder)
      for (position, operand) in nodes[index].operands.enumerated()
      where dependsOnTarget[operand.node] {
        guard let gradient = operation.gradient(ofOperand: position, in: step) else { continue }
        gradients[operand] =
          gradients[operand].map { builder.apply(Combine(.add), to: $0, gradient) } ?? gradient
      }
    }
    let wanted = gradients.filter { targets.contains($0.key) }
    return (try builder.finish(), wanted.mapValues(\.value))
  }

  /// Which nodes are among `sources` or depend on one.
  public func nodesDepending(on sources: Set<Value>) -> [Bool] {
    var depends = Array(repeating: false, count: nodes.count)
    for source in sources { depends[source.node] = true }
    for (index, node) in nodes.enumerated() where !depends[index] {
      depends[index] = node.operands.contains { depends[$0.node] }
    }
    return depends
  }

  /// The values of the given parameters that occur in this graph.
  public func values(of paths: Set<ParameterPath>) -> [ParameterPath: Value] {
    var values: [ParameterPath: Value] = [:]
    for (index, node) in nodes.enumerated() {
      if case .parameter(let path) = node.source, paths.contains(path) {
        values[path] = Value(node: index)
      }
    }
    return values
  }
}
