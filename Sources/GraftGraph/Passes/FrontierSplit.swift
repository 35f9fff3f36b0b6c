/// A training graph in two parts: what no training changes, and the rest.
public struct FrontierSplit: Sendable {
  /// Computes the frontier from the samples alone; its outputs are named as in `frontier`.
  public let extractor: Graph
  /// The rest, which takes the frontier as inputs.
  public let learner: Graph
  /// The names and types of the values that cross over.
  public let frontier: [(name: String, type: TensorType)]
}

extension Graph {
  /// Splits the graph where the last value stands that depends only on samples and frozen
  /// parameters: what comes before needs to run only once for each sample.
  ///
  /// - Returns: `nil` where nothing can be computed ahead.
  public func splitAtFrontier(trainable: Set<ParameterPath>) throws(GraphError) -> FrontierSplit? {
    let samples = nodes.indices.filter { kind(ofInput: $0) == .sample }
    let fromSamples = nodesDepending(on: Set(samples.map { Value(node: $0) }))
    let varying = Set(changingSources(trainable)).subtracting(samples.map { Value(node: $0) })
    let varies = nodesDepending(on: varying)
    let isFixed = nodes.indices.map {
      fromSamples[$0] && !varies[$0] && !(nodes[$0].operation?.mixesSamples ?? false)
    }
    var crossing: [Value] = []
    func note(_ value: Value) {
      if isFixed[value.node], nodes[value.node].operation != nil, !crossing.contains(value) {
        crossing.append(value)
      }
    }
    for (index, node) in nodes.enumerated() where !isFixed[index] { node.operands.forEach(note) }
    results.forEach(note)
    guard !crossing.isEmpty else { return nil }
    let names = Dictionary(
      uniqueKeysWithValues: crossing.enumerated().map { ($1, "frontier.\($0)") })
    var extractor = self
    extractor.assignments = []
    extractor.outputs = Dictionary(uniqueKeysWithValues: names.map { ($1, $0) })
    let learner = try rewritten { index, _, builder in
      guard isFixed[index], nodes[index].operation != nil else { return nil }
      return nodes[index].results.indices.map { result in
        let value = Value(node: index, result: result)
        guard let name = names[value] else {
          return builder.input("unused.\(index)", type(of: value))
        }
        return builder.input(name, type(of: value), kind: .sample)
      }
    }
    return FrontierSplit(
      extractor: extractor.pruned(), learner: learner.pruned(),
      frontier: crossing.compactMap { value in names[value].map { ($0, type(of: value)) } })
  }

  private func kind(ofInput index: Int) -> InputKind? {
    if case .input(_, let kind) = nodes[index].source { kind } else { nil }
  }
}
