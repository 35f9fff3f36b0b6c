import GraftGraph

/// The order in which the operations of a graph run.
///
/// It is the order of the graph, except that an update runs as soon as its gradient and all other
/// readers of the parameter have: then the gradient's memory is free again.
struct Schedule {
  /// Indices of operation nodes, in running order.
  let order: [Int]

  init(_ graph: Graph) {
    let readers = Self.readers(of: graph)
    var waiting = Set(graph.assignments.map(\.value.node))
    var isDone = graph.nodes.map { $0.operation == nil }
    var order: [Int] = []
    func run(_ index: Int) {
      order.append(index)
      isDone[index] = true
    }
    func isReady(_ index: Int) -> Bool {
      graph.nodes[index].operands.allSatisfy { isDone[$0.node] }
        && readers[index, default: []].allSatisfy { isDone[$0] }
    }
    func runReadyUpdates() {
      for index in waiting.sorted() where isReady(index) {
        waiting.remove(index)
        run(index)
      }
    }
    for index in graph.nodes.indices where !isDone[index] && !waiting.contains(index) {
      // What depends on an update that is still waiting follows once the update could run.
      run(index)
      if !waiting.isEmpty { runReadyUpdates() }
    }
    for index in waiting.sorted() { run(index) }
    self.order = order
  }

  /// For each update, the nodes that must have read its parameter before, be it through a view.
  private static func readers(of graph: Graph) -> [Int: Set<Int>] {
    let regions = ValueRegions(graph)
    var users: [ParameterPath: Set<Int>] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for operand in node.operands {
        let whole = regions.whole(of: operand)
        if let path = graph.parameterPath(of: whole) { users[path, default: []].insert(index) }
      }
    }
    var readers: [Int: Set<Int>] = [:]
    for assignment in graph.assignments {
      let others = users[assignment.parameter, default: []].subtracting([assignment.value.node])
      readers[assignment.value.node, default: []].formUnion(others)
    }
    return readers
  }
}
