import GraftGraph

/// Finds out which value needs memory during which steps, and which may take over another's.
struct LifetimePlanner {
  private let graph: Graph
  private let steps: [StepRequirements]
  /// The last step that reads each value, views of it included.
  private var lastUse: [Value: Int] = [:]
  private var views: [Value: Value] = [:]
  private let assigned: [Value: ParameterPath]

  private(set) var blocks: [MemoryBlock] = []
  private(set) var locations: [Value: MemoryPlan.Location] = [:]
  private(set) var workspaceBlocks: [Int: Int] = [:]
  private(set) var preparationBlocks: [Int: [Int: Int]] = [:]

  init(_ graph: Graph, steps: [StepRequirements]) {
    self.graph = graph
    self.steps = steps
    assigned = Dictionary(
      graph.assignments.map { ($0.value, $0.parameter) }, uniquingKeysWith: { first, _ in first })
    for (index, node) in graph.nodes.enumerated() where node.operation is any ViewOperation {
      let operand = node.operands[0]
      views[Value(node: index)] = views[operand] ?? operand
    }
    for (position, step) in steps.enumerated() {
      for operand in graph.nodes[step.node].operands { lastUse[root(operand)] = position }
    }
  }

  /// Inputs are written before the first step; parameters and constants have places of their own.
  mutating func placeSources() {
    for (index, node) in graph.nodes.enumerated() {
      let value = Value(node: index)
      switch node.source {
      case .input:
        locations[value] = .block(newBlock(value, from: 0, kind: .activations))
      case .parameter(let path): locations[value] = .resident(path)
      case .constant: locations[value] = .constant
      case .operation: continue
      }
    }
    for (view, root) in views where locations[root] != nil { locations[view] = locations[root] }
  }

  /// Places the results, the workspace and the prepared operands of one step.
  mutating func place(_ position: Int) {
    let step = steps[position]
    let node = graph.nodes[step.node]
    for result in node.results.indices {
      let value = Value(node: step.node, result: result)
      locations[value] = place(value, of: node, step, position)
    }
    for (view, root) in views where root.node == step.node { locations[view] = locations[root] }
    let now = position...position
    if step.workspaceByteCount > 0 {
      workspaceBlocks[position] = blocks.count
      blocks.append(
        MemoryBlock(byteCount: step.workspaceByteCount, steps: now, kind: .workspace))
    }
    for (operand, byteCount) in step.preparedByteCounts.sorted(by: { $0.key < $1.key }) {
      preparationBlocks[position, default: [:]][operand] = blocks.count
      blocks.append(MemoryBlock(byteCount: byteCount, steps: now, kind: .workspace))
    }
  }

  /// Outputs must survive until the run ends.
  mutating func keepOutputs() {
    for value in graph.outputs.values {
      guard case .block(let block)? = locations[value] else { continue }
      let first = blocks[block].steps.lowerBound
      blocks[block].steps = first...max(first, steps.count - 1)
    }
  }

  private mutating func place(
    _ value: Value, of node: Node, _ step: StepRequirements, _ position: Int
  ) -> MemoryPlan.Location {
    let allowed = (node.operation?.overwrites ?? []).filter {
      $0.result == value.result && !step.refusedOverwrites.contains($0)
    }
    for overwrite in allowed {
      let operand = root(node.operands[overwrite.operand])
      if let path = assigned[value], graph.parameterPath(of: operand) == path {
        return .resident(path)
      }
      if let block = reusable(operand, for: value, node, position) {
        let last = lastUse[value] ?? position
        blocks[block].steps = blocks[block].steps.lowerBound...max(last, position)
        return .block(block)
      }
    }
    let kind: MemoryKind = node.phase == .forward ? .activations : .gradients
    return .block(newBlock(value, from: position, kind: kind))
  }

  /// The block of an operand that nothing needs after this step.
  private func reusable(
    _ operand: Value, for value: Value, _ node: Node, _ position: Int
  ) -> Int? {
    guard case .block(let block)? = locations[operand], blocks[block].steps.upperBound == position,
      !isOutput(block), graph.type(of: operand).byteCount == graph.type(of: value).byteCount,
      node.operands.filter({ locations[root($0)] == .block(block) }).count == 1,
      !node.results.indices.contains(where: {
        locations[Value(node: value.node, result: $0)] == .block(block)
      })
    else { return nil }
    return block
  }

  private func isOutput(_ block: Int) -> Bool {
    graph.outputs.values.contains { locations[$0] == .block(block) }
  }

  private mutating func newBlock(_ value: Value, from position: Int, kind: MemoryKind) -> Int {
    let last = max(position, lastUse[value] ?? position)
    blocks.append(
      MemoryBlock(byteCount: graph.type(of: value).byteCount, steps: position...last, kind: kind))
    return blocks.count - 1
  }

  private func root(_ value: Value) -> Value { views[value] ?? value }
}
