import GraftGraph

/// Finds out which value needs memory during which steps, and which may take over another's.
struct LifetimePlanner {
  private let graph: Graph
  private let steps: [StepRequirements]
  private let regions: ValueRegions
  /// The last step that reads each value, views of it included.
  private var lastUse: [Value: Int] = [:]
  private let assigned: [Value: ParameterPath]

  private(set) var blocks: [MemoryBlock] = []
  /// Places of values that aren't within others.
  private var places: [Value: MemoryPlan.Location] = [:]
  private(set) var workspaceBlocks: [Int: Int] = [:]
  private(set) var preparationBlocks: [Int: [Int: Int]] = [:]

  init(_ graph: Graph, steps: [StepRequirements]) {
    self.graph = graph
    self.steps = steps
    regions = ValueRegions(graph)
    assigned = Dictionary(
      graph.assignments.map { ($0.value, $0.parameter) }, uniquingKeysWith: { first, _ in first })
    for (position, step) in steps.enumerated() {
      for operand in graph.nodes[step.node].operands {
        lastUse[regions.whole(of: operand)] = position
      }
    }
  }

  /// The places of all values, those within others included.
  var locations: [Value: MemoryPlan.Location] {
    var locations: [Value: MemoryPlan.Location] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for result in node.results.indices {
        let value = Value(node: index, result: result)
        locations[value] = location(of: value)
      }
    }
    return locations
  }

  /// Inputs are written before the first step; parameters and constants have places of their own.
  mutating func placeSources() {
    for (index, node) in graph.nodes.enumerated() {
      let value = Value(node: index)
      switch node.source {
      case .input:
        places[value] = .block(newBlock(value, from: 0, kind: .activations))
      case .parameter(let path): places[value] = .resident(path)
      case .constant: places[value] = .constant
      case .operation: continue
      }
    }
  }

  /// Places the results, the workspace and the prepared operands of one step.
  mutating func place(_ position: Int) {
    let step = steps[position]
    let node = graph.nodes[step.node]
    for result in node.results.indices {
      let value = Value(node: step.node, result: result)
      let whole = regions.whole(of: value)
      if whole == value {
        places[value] = place(value, of: node, step, position)
      } else {
        placePart(of: whole, of: node, position)
      }
    }
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
      guard let block = block(of: value) else { continue }
      let first = blocks[block].steps.lowerBound
      blocks[block].steps = first...max(first, steps.count - 1)
    }
  }

  /// The first part to be computed makes room for the whole.
  private mutating func placePart(of whole: Value, of node: Node, _ position: Int) {
    if let block = block(of: whole) {
      blocks[block].steps =
        blocks[block].steps
        .lowerBound...max(
          position, blocks[block].steps.upperBound)
    } else {
      places[whole] = .block(newBlock(whole, from: position, kind: kind(of: node)))
    }
  }

  private mutating func place(
    _ value: Value, of node: Node, _ step: StepRequirements, _ position: Int
  ) -> MemoryPlan.Location {
    let allowed = (node.operation?.overwrites ?? []).filter {
      $0.result == value.result && !step.refusedOverwrites.contains($0)
    }
    for overwrite in allowed {
      let operand = node.operands[overwrite.operand]
      if let path = assigned[value],
        graph.parameterPath(of: regions.whole(of: operand)) == path
      {
        return .resident(path)
      }
      if let block = reusable(operand, for: value, node, position) {
        let last = lastUse[value] ?? position
        blocks[block].steps = blocks[block].steps.lowerBound...max(last, position)
        return .block(block)
      }
    }
    return .block(newBlock(value, from: position, kind: kind(of: node)))
  }

  private func kind(of node: Node) -> MemoryKind {
    node.phase == .forward ? .activations : .gradients
  }

  /// The block of an operand that nothing needs after this step.
  private func reusable(
    _ operand: Value, for value: Value, _ node: Node, _ position: Int
  ) -> Int? {
    guard let block = block(of: operand), blocks[block].steps.upperBound == position,
      !graph.outputs.values.contains(where: { self.block(of: $0) == block }),
      graph.type(of: operand).byteCount == graph.type(of: value).byteCount,
      blocks[block].byteCount == graph.type(of: value).byteCount,
      node.operands.filter({ self.block(of: $0) == block }).count == 1,
      !node.results.indices.contains(where: {
        self.block(of: Value(node: value.node, result: $0)) == block
      })
    else { return nil }
    return block
  }

  private func location(of value: Value) -> MemoryPlan.Location? {
    let region = regions[value]
    guard case .block(let block, let byteOffset)? = places[region.whole] else {
      return places[region.whole]
    }
    return .block(block, byteOffset: byteOffset + region.byteOffset)
  }

  private func block(of value: Value) -> Int? {
    if case .block(let block, _)? = places[regions.whole(of: value)] { block } else { nil }
  }

  private mutating func newBlock(_ value: Value, from position: Int, kind: MemoryKind) -> Int {
    let last = max(position, lastUse[value] ?? position)
    blocks.append(
      MemoryBlock(byteCount: graph.type(of: value).byteCount, steps: position...last, kind: kind))
    return blocks.count - 1
  }
}
