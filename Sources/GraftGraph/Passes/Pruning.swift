extension Graph {
  /// The graph without what no output and no assignment needs; endpoints that vanish are dropped.
  public func pruned() -> Graph {
    var needed = Array(repeating: false, count: nodes.count)
    for value in results { needed[value.node] = true }
    for index in nodes.indices.reversed() where needed[index] {
      for operand in nodes[index].operands { needed[operand.node] = true }
    }
    var position = 0
    var moved = Array(repeating: 0, count: nodes.count)
    for index in nodes.indices where needed[index] {
      moved[index] = position
      position += 1
    }
    func move(_ value: Value) -> Value { Value(node: moved[value.node], result: value.result) }
    var graph = Graph()
    for index in nodes.indices where needed[index] {
      let node = nodes[index]
      graph.nodes.append(
        Node(
          source: node.source, operands: node.operands.map(move), results: node.results,
          layer: node.layer, phase: node.phase))
    }
    graph.outputs = outputs.mapValues(move)
    graph.assignments = assignments.map {
      Assignment(parameter: $0.parameter, value: move($0.value))
    }
    graph.endpoints = endpoints.filter { needed[$0.value.node] }.mapValues(move)
    let kept = Set(
      graph.nodes.compactMap { node in
        if case .parameter(let path) = node.source { path } else { nil }
      })
    graph.parameters = parameters.filter { kept.contains($0.path) }
    return graph
  }
}
