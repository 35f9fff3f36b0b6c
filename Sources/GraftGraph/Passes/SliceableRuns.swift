/// The parts of a graph that gain from being run slice by slice.
struct SliceableRuns {
  /// Operations that follow each other, and the samples that they are run on at a time.
  struct Run {
    var nodes: [Int]
    let batchSize: Int
    let sliceSize: Int
    /// What the run reads a slice of.
    var entering: Set<Value> = []
    /// What is read outside the run, in the order of the graph.
    var leaving: [Value] = []
  }

  private(set) var runs: [Run] = []
  private let graph: Graph
  private let slicing: BatchSlicing
  private let batchSize: Int
  private let fromSamples: [Bool]

  init(_ graph: Graph, _ slicing: BatchSlicing) {
    self.graph = graph
    self.slicing = slicing
    let samples = graph.nodes.indices.filter {
      if case .input(_, .sample) = graph.nodes[$0].source { true } else { false }
    }
    let sizes = Set(samples.map { graph.nodes[$0].results[0].shape.extents.first ?? 1 })
    batchSize = sizes.count == 1 ? sizes.first ?? 1 : 1
    fromSamples = graph.nodesDepending(on: Set(samples.map { Value(node: $0) }))
    guard batchSize > 1 else { return }
    for stretch in stretches() { split(stretch) }
  }

  /// Longest sequences of operations that run on parts of the batch.
  private func stretches() -> [[Int]] {
    var stretches: [[Int]] = [[]]
    for (index, node) in graph.nodes.enumerated() where fromSamples[index] {
      guard node.operation != nil else { continue }
      if canBeSliced(node) {
        stretches[stretches.count - 1].append(index)
      } else if stretches.last?.isEmpty == false {
        stretches.append([])
      }
    }
    return stretches
  }

  private func canBeSliced(_ node: Node) -> Bool {
    node.phase == .forward && node.operation?.forPartOfBatch(1, of: batchSize) != nil
      // Every row of a product needs all of the right-hand matrix.
      && !(node.operation is MatrixProduct && fromSamples[node.operands[1].node])
      && (node.operands.filter { fromSamples[$0.node] }.map(graph.type(of:)) + node.results)
        .allSatisfy { $0.shape.extents.first == batchSize }
  }

  /// Cuts a stretch where larger slices do; slices only grow, as networks narrow.
  private mutating func split(_ stretch: [Int]) {
    var wanted = stretch.map(wantedSliceSize)
    for position in wanted.indices.dropLast().reversed() {
      wanted[position] = min(wanted[position], wanted[position + 1])
    }
    var first = 0
    while first < stretch.count {
      // A cut stores a whole batch and loads it again: only for much larger slices.
      let last = wanted.lastIndex { $0 <= 2 * wanted[first] } ?? first
      add(Array(stretch[first...last]), sliceSize: wanted[first])
      first = last + 1
    }
  }

  /// The largest part of the batch whose values fit, or enough to be worth loading the weights.
  private func wantedSliceSize(_ index: Int) -> Int {
    let node = graph.nodes[index]
    let weights = node.operands.filter { !fromSamples[$0.node] }
      .reduce(0) { $0 + graph.type(of: $1).byteCount }
    let perSample = max(1, valueByteCount(index) / batchSize)
    // Weights are loaded again for each slice: they must be little beside its values.
    let fitting = max(slicing.byteCount, 4 * weights) / perSample
    return (1...batchSize).last { batchSize % $0 == 0 && $0 <= max(1, fitting) } ?? batchSize
  }

  /// What an operation reads and writes for the whole batch.
  private func valueByteCount(_ index: Int) -> Int {
    let node = graph.nodes[index]
    return node.operands.filter { fromSamples[$0.node] }
      .reduce(0) { $0 + graph.type(of: $1).byteCount }
      + node.results.reduce(0) { $0 + $1.byteCount }
  }

  /// Keeps a run if slices can be told apart in memory, something stays within it, and whole batches are
  /// not in the cache anyway, of which a slice takes half.
  private mutating func add(_ nodes: [Int], sliceSize: Int) {
    guard sliceSize < batchSize,
      nodes.contains(where: { valueByteCount($0) > 2 * slicing.byteCount })
    else { return }
    var nodes = nodes
    while let last = nodes.last, isView(last) { nodes.removeLast() }
    var run = Run(nodes: nodes, batchSize: batchSize, sliceSize: sliceSize)
    let inside = Set(nodes)
    let results = Set(graph.results)
    for index in nodes {
      for operand in graph.nodes[index].operands
      where fromSamples[operand.node] && !inside.contains(operand.node) {
        run.entering.insert(operand)
      }
    }
    var readOutside = results
    for (index, node) in graph.nodes.enumerated() where !inside.contains(index) {
      readOutside.formUnion(node.operands)
    }
    let computed = nodes.flatMap { index in
      graph.nodes[index].results.indices.map { Value(node: index, result: $0) }
    }
    run.leaving = computed.filter(readOutside.contains)
    let isAligned = (Array(run.entering) + run.leaving).allSatisfy {
      graph.type(of: $0).byteCount / batchSize * sliceSize % slicing.alignment == 0
    }
    // A view has no place of its own where its part could be computed.
    let isComputed = run.leaving.allSatisfy { !isView($0.node) }
    if isAligned, isComputed, run.leaving.count < computed.count { runs.append(run) }
  }

  private func isView(_ index: Int) -> Bool { graph.nodes[index].operation is any ViewOperation }
}
