/// A tensor of a graph under construction.
public struct Symbol {
  public let builder: GraphBuilder
  public let value: Value

  /// The tensor's shape and element type.
  public var type: TensorType { builder.type(of: value) }
  /// The tensor's shape.
  public var shape: Shape { type.shape }
}

/// Adds nodes to a graph.
///
/// Building never throws, so that model code reads as the model does: the first error is kept,
/// with the path of its layer, and ``finish()`` throws it.
public final class GraphBuilder {
  public private(set) var graph: Graph
  /// The path of the layer being traced; nodes and errors carry it.
  public var layer = ""
  /// The part of a training step that is being built; nodes carry it.
  public var phase = Node.Phase.forward
  private var firstError: GraphError?
  private var known: [Key: Int] = [:]
  private var declared: [ParameterPath: Symbol] = [:]

  private struct Key: Hashable {
    let operation: AnyOperation
    let operands: [Value]
  }

  /// Starts with an empty graph.
  public init() { graph = Graph() }

  /// Starts with the nodes of `graph`, whose values stay valid.
  public init(extending graph: Graph) {
    self.graph = graph
    for (index, node) in graph.nodes.enumerated() {
      switch node.source {
      case .operation(let operation):
        known[Key(operation: AnyOperation(operation), operands: node.operands)] = index
      case .parameter(let path): declared[path] = symbol(Value(node: index))
      case .input, .constant: break
      }
    }
  }

  /// The finished graph.
  ///
  /// - Throws: The first ``GraphError`` met while building.
  public func finish() throws(GraphError) -> Graph {
    if let firstError { throw firstError }
    return graph
  }

  /// Keeps `error` if it is the first.
  public func fail(_ message: String) {
    if firstError == nil { firstError = GraphError(message, layer: layer) }
  }

  /// Adds a named input.
  public func input(_ name: String, _ type: TensorType, kind: InputKind = .sample) -> Symbol {
    append(.input(name: name, kind: kind), type)
  }

  /// Adds a value that is computed once, before the first run.
  public func constant(_ expression: ConstantExpression, _ type: TensorType) -> Symbol {
    append(.constant(expression), type)
  }

  /// Declares a parameter, or returns the one declared before under the same path.
  public func parameter(_ parameter: Parameter) -> Symbol {
    if let symbol = declared[parameter.path] {
      if symbol.type != parameter.type {
        fail("'\(parameter.path)' is declared as \(symbol.type) and again as \(parameter.type)")
      }
      return symbol
    }
    graph.parameters.append(parameter)
    let symbol = append(.parameter(parameter.path), parameter.type)
    declared[parameter.path] = symbol
    return symbol
  }

  /// Adds an operation and returns its results, or those of an equal one added before.
  public func apply(_ operation: some Operation, to operands: [Symbol]) -> [Symbol] {
    let values = operands.map(\.value)
    let key = Key(operation: AnyOperation(operation), operands: values)
    let node: Int
    if let index = known[key] {
      node = index
    } else {
      let types = resultTypes(of: operation, operands)
      node = graph.nodes.count
      graph.nodes.append(
        Node(
          source: .operation(operation), operands: values, results: types, layer: layer,
          phase: phase))
      known[key] = node
    }
    return (0..<operation.resultCount).map { symbol(Value(node: node, result: $0)) }
  }

  /// Adds an operation and returns its first result.
  public func apply(_ operation: some Operation, to operands: Symbol...) -> Symbol {
    apply(operation, to: operands)[0]
  }

  /// Offers `symbol` under `name`, for freezing, reading or explaining a layer.
  public func offer(_ symbol: Symbol, as name: String) { graph.endpoints[name] = symbol.value }

  /// Makes `symbol` an output of the graph.
  public func output(_ symbol: Symbol, as name: String) { graph.outputs[name] = symbol.value }

  /// Stores `symbol` as the new value of a parameter at the end of each run.
  public func assign(_ symbol: Symbol, to parameter: ParameterPath) {
    graph.assignments.append(Assignment(parameter: parameter, value: symbol.value))
  }

  /// The symbol of a value of this builder's graph.
  public func symbol(_ value: Value) -> Symbol { Symbol(builder: self, value: value) }

  /// The type of a value of this builder's graph.
  public func type(of value: Value) -> TensorType { graph.type(of: value) }

  private func append(_ source: Node.Source, _ type: TensorType) -> Symbol {
    graph.nodes.append(
      Node(source: source, operands: [], results: [type], layer: layer, phase: phase))
    return symbol(Value(node: graph.nodes.count - 1))
  }

  /// After an error, building goes on with the operand's own type: only the first error counts.
  private func resultTypes(of operation: some Operation, _ operands: [Symbol]) -> [TensorType] {
    do {
      return try operation.resultTypes(for: operands.map(\.type))
    } catch {
      fail(error.message)
      let type = operands.first?.type ?? TensorType([1])
      return Array(repeating: type, count: operation.resultCount)
    }
  }
}
