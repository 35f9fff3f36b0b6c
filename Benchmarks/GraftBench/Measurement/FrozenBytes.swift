import Graft

/// What a training graph holds for parameters that don't train: nothing, if freezing is real.
///
/// Counted in the graph itself, by what its nodes compute and read.
struct FrozenBytes: Encodable {
  /// Values that are the gradient of a frozen parameter.
  private(set) var gradients = 0
  /// Parameters that are an optimizer's state for a frozen parameter.
  private(set) var optimizer = 0

  /// - Parameter frozen: The parameters that are not to train, as the model declares them.
  init(of frozen: [Parameter], in graph: Graph) {
    let paths = Set(frozen.map(\.path))
    var gradientValues: Set<Value> = []
    for node in graph.nodes {
      let states = node.operands.compactMap(graph.parameterPath)
        .compactMap(graph.parameter).filter { $0.role == .optimizerState }
      guard let owner = node.operands.first.flatMap(graph.parameterPath), paths.contains(owner),
        node.phase == .update
      else { continue }
      optimizer += states.reduce(0) { $0 + $1.type.byteCount }
      if node.operands.count > 1 { gradientValues.insert(node.operands[1]) }
    }
    // A gradient that no update reads: a backward value of the parameter's layer and shape.
    let types = Dictionary(grouping: frozen, by: \.layer).mapValues { Set($0.map(\.type)) }
    for (index, node) in graph.nodes.enumerated() where node.phase == .backward {
      for (position, type) in node.results.enumerated()
      where types[node.layer]?.contains(type) ?? false {
        gradientValues.insert(Value(node: index, result: position))
      }
    }
    gradients = gradientValues.reduce(0) { $0 + graph.type(of: $1).byteCount }
  }

  var isZero: Bool { gradients == 0 && optimizer == 0 }
}

extension Parameter {
  /// The path of the layer that declares it.
  fileprivate var layer: String {
    path.description.split(separator: ".").dropLast().joined(separator: ".")
  }
}
