/// How a device wants long batches run: in slices whose values stay in its cache.
public struct BatchSlicing: Hashable, Sendable {
  /// What the operands and results of one operation on one slice may take, in bytes.
  public var byteCount: Int
  /// What the places of slices within a batch must be multiples of, in bytes.
  public var alignment: Int

  /// Slices of a size, at places of an alignment, both in bytes.
  public init(byteCount: Int, alignment: Int) {
    self.byteCount = byteCount
    self.alignment = alignment
  }
}

extension Graph {
  /// The graph with runs of operations done slice by slice: several operations on the first samples
  /// of the batch, then all of these on the next, so that what one operation stores is still in the
  /// cache when the next one loads it, and values within a run need memory for one slice only.
  ///
  /// The slices are views of what enters a run, and are computed in their places of what leaves it:
  /// nothing is copied. Results are the same, as no operation here mixes samples.
  public func slicedByBatch(_ slicing: BatchSlicing) throws(GraphError) -> Graph {
    let runs = SliceableRuns(self, slicing).runs
    guard !runs.isEmpty else { return self }
    let inRun = Set(runs.flatMap(\.nodes))
    let runByEnd = Dictionary(uniqueKeysWithValues: runs.map { ($0.nodes.last ?? 0, $0) })
    let builder = GraphBuilder()
    var mapping: [Value: Symbol] = [:]
    for (index, node) in nodes.enumerated() {
      if let run = runByEnd[index] {
        emit(run, into: builder, &mapping)
      } else if !inRun.contains(index) {
        builder.layer = node.layer
        builder.phase = node.phase
        let results = copy(index, node.operands.compactMap { mapping[$0] }, into: builder)
        for (position, symbol) in results.enumerated() {
          mapping[Value(node: index, result: position)] = symbol
        }
      }
    }
    carryNames(to: builder, mapping)
    return try builder.finish()
  }

  private func emit(
    _ run: SliceableRuns.Run, into builder: GraphBuilder, _ mapping: inout [Value: Symbol]
  ) {
    var parts: [Value: [Symbol]] = [:]
    for start in stride(from: 0, to: run.batchSize, by: run.sliceSize) {
      var slice: [Value: Symbol] = [:]
      for index in run.nodes {
        let node = nodes[index]
        guard
          let operation = node.operation?.forPartOfBatch(run.sliceSize, of: run.batchSize)
        else { continue }
        builder.layer = node.layer
        builder.phase = node.phase
        let operands = node.operands.compactMap { operand in
          if let known = slice[operand] { return known }
          guard let whole = mapping[operand] else { return nil }
          guard run.entering.contains(operand) else { return whole }
          let part = builder.apply(BatchPart(from: start, count: run.sliceSize), to: whole)
          slice[operand] = part
          return part
        }
        for (position, symbol) in builder.apply(operation, to: operands).enumerated() {
          slice[Value(node: index, result: position)] = symbol
        }
      }
      for value in run.leaving { slice[value].map { parts[value, default: []].append($0) } }
    }
    for value in run.leaving {
      mapping[value] = builder.apply(BatchOfParts(), to: parts[value] ?? [])[0]
    }
  }
}
