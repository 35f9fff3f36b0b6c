import GraftGraph
import GraftWeights

/// Turns a graph into a network of ONNX, node by node.
final class ONNXBuilder {
  let graph: Graph
  let batchSize: Int
  /// An input of sequences, and the length that stands for any.
  let sequence: (input: String, length: Int)?
  private let value: @Sendable (Parameter) throws -> [Float]
  private(set) var nodes: [ONNXNode] = []
  private(set) var initializers: [ONNXInitializer] = []
  private var names: [Value: String] = [:]
  private var constants: [Constant: String] = [:]
  private var counts: [String: Int] = [:]

  private enum Constant: Hashable {
    case float(Float)
    case integers([Int])
    case parameter(ParameterPath, WeightLayout)
  }

  /// - Parameter value: Gives the value of a parameter, in Graft's layout.
  init(
    _ graph: Graph, batchSize: Int, sequence: (input: String, length: Int)? = nil,
    value: @escaping @Sendable (Parameter) throws -> [Float]
  ) {
    (self.graph, self.batchSize, self.value) = (graph, batchSize, value)
    self.sequence = sequence
  }

  /// Adds everything that the graph computes.
  ///
  /// - Parameter input: Gives the name of an input of the graph, channels first.
  /// - Throws: ``ExportError``.
  func addOperations(input: (String) throws -> String) throws {
    for (index, node) in graph.nodes.enumerated() {
      switch node.source {
      case .input(let name, _): names[Value(node: index)] = try input(name)
      case .parameter: break
      case .constant:
        throw ExportError.unsupported(
          "constant", reason: "only models as they are traced can be written", layer: node.layer)
      case .operation(let operation):
        let step = ONNXStep(builder: self, node: node)
        guard let operation = operation as? any ONNXOperation else {
          throw step.refusal("there is no rule for it; make it conform to ONNXOperation")
        }
        names[Value(node: index)] = try operation.addNodes(in: step)
      }
    }
  }

  func name(of value: Value) throws -> String {
    if let path = graph.parameterPath(of: value), let parameter = graph.parameter(at: path) {
      return name(of: parameter, .torch)
    }
    guard let name = names[value] else {
      let node = graph[value]
      throw ExportError.unsupported(
        node.operation?.name ?? "input", reason: "it has several results", layer: node.layer)
    }
    return name
  }

  /// The name of the initializer with a parameter's value.
  func name(of parameter: Parameter, _ layout: WeightLayout) -> String {
    let isKernel = parameter.type.shape.rank > 1
    let key = Constant.parameter(parameter.path, isKernel ? layout : .torch)
    return constants[key, setting: unique(parameter.path.description)] { name in
      let tensors = WeightMap(layout: layout).writableTensors(
        [parameter], named: { _ in name }, load: value)
      initializers += tensors.map(ONNXInitializer.init)
    }
  }

  func constant(_ value: Float) -> String {
    constants[.float(value), setting: "\(value)"] { name in
      initializers.append(
        ONNXInitializer(WritableTensor(name: name, shape: Shape([])) { [value] }))
    }
  }

  func constant(_ values: [Int]) -> String {
    constants[.integers(values), setting: "\(values)"] { name in
      initializers.append(ONNXInitializer(name, integers: values))
    }
  }

  func add(
    _ operatorName: String, _ inputs: [String], _ attributes: [String: ONNXNode.Attribute],
    layer: String
  ) -> String {
    let name = unique(layer.isEmpty ? operatorName : "\(layer)/\(operatorName)")
    nodes.append(
      ONNXNode(operatorName, name: name, inputs: inputs, outputs: [name], attributes: attributes))
    return name
  }

  /// The network computes `name` under another name.
  func rename(_ name: String, to newName: String) {
    for index in nodes.indices {
      for input in nodes[index].inputs.indices where nodes[index].inputs[input] == name {
        nodes[index].inputs[input] = newName
      }
      for output in nodes[index].outputs.indices where nodes[index].outputs[output] == name {
        nodes[index].outputs[output] = newName
      }
    }
  }

  /// Takes out nodes and initializers that no output needs.
  func prune(outputs: Set<String>) {
    var needed = outputs
    nodes = nodes.reversed().filter { node in
      guard !needed.isDisjoint(with: node.outputs) else { return false }
      needed.formUnion(node.inputs)
      return true
    }.reversed()
    initializers.removeAll { !needed.contains($0.name) }
  }

  private func unique(_ name: String) -> String {
    let count = counts[name, default: 0]
    counts[name] = count + 1
    return count == 0 ? name : "\(name)_\(count)"
  }
}

extension Dictionary where Value == String {
  /// The name of a key, which `make` makes something for where it has none yet.
  fileprivate subscript(
    key: Key, setting name: @autoclosure () -> String, make: (String) -> Void
  ) -> String {
    mutating get {
      if let name = self[key] { return name }
      let name = name()
      self[key] = name
      make(name)
      return name
    }
  }
}
