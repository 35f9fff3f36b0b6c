import GraftGraph

/// A graph with an algorithm for each operation and a place for each value: everything that is
/// decided before memory is allocated.
public struct ExecutionPlan<D: Device> {
  let graph: Graph
  let steps: [PlannedStep]
  let memory: MemoryPlan
  /// The inputs that can be sent while a run is under way.
  let sentInputs: [String: TensorType]
  /// The bytes that running it will take, by kind.
  public let report: MemoryReport

  /// One operation with its chosen algorithm.
  struct PlannedStep {
    let node: Int
    let problem: Problem
    let lowering: any Lowering<D.Buffer>
    /// The wanted forms of operands, by operand.
    let preparations: [Int: OperandPreparation<D.Buffer>]
  }

  /// Chooses algorithms and plans memory; allocates nothing on the device.
  ///
  /// - Parameters:
  ///   - graph: A graph after all passes: hoisted and pruned.
  ///   - choose: Picks one of the candidates for a problem.
  /// - Throws: ``UnsupportedOperation``; errors of the device's choice.
  init(
    _ graph: Graph, device: D,
    choose: (Problem, [any Lowering<D.Buffer>]) throws -> any Lowering<D.Buffer>
  ) throws {
    var graph = graph.pruned()
    if let slicing = device.traits.slicing { graph = try graph.slicedByBatch(slicing) }
    self.graph = graph
    steps = try Schedule(graph).order.compactMap { index in
      let node = graph.nodes[index]
      guard let operation = node.operation, operation.isWork else { return nil }
      let problem = graph.problem(of: node, operation)
      let candidates = try device.candidates(for: problem)
      guard !candidates.isEmpty else {
        throw UnsupportedOperation(operation: operation, deviceName: device.name)
      }
      let lowering = try choose(problem, candidates)
      let preparations = Dictionary(
        lowering.preparations.map { ($0.operand, $0) }, uniquingKeysWith: { first, _ in first })
      return PlannedStep(
        node: index, problem: problem, lowering: lowering, preparations: preparations)
    }
    memory = MemoryPlan(
      graph, steps: steps.map { $0.requirements(in: graph) }, traits: device.traits)
    sentInputs = device.sideTransfers == nil ? [:] : Self.sentInputs(of: graph)
    report = Self.report(graph, steps, memory, sentInputs)
  }

  /// The samples of a graph that trains, step after step.
  private static func sentInputs(of graph: Graph) -> [String: TensorType] {
    guard !graph.assignments.isEmpty else { return [:] }
    return graph.nodes.reduce(into: [:]) { inputs, node in
      if case .input(let name, .sample) = node.source { inputs[name] = node.results[0] }
    }
  }

  /// The problems that running a graph must solve, in its order.
  static func problems(in graph: Graph) -> [Problem] {
    let graph = graph.pruned()
    return graph.nodes.compactMap { node in
      guard let operation = node.operation, !(operation is any ViewOperation) else { return nil }
      return graph.problem(of: node, operation)
    }
  }

  /// The constants that steps read, each in the forms in which they read it.
  var constants: Set<ConstantUse> { Self.constants(graph, steps) }

  private static func constants(_ graph: Graph, _ steps: [PlannedStep]) -> Set<ConstantUse> {
    var uses: Set<ConstantUse> = []
    for step in steps {
      for (position, operand) in graph.nodes[step.node].operands.enumerated() {
        guard let root = graph.constant(of: operand) else { continue }
        let preparation = step.preparations[position]
        uses.insert(
          ConstantUse(
            expression: root.expression, type: root.type, preparation: preparation?.key,
            byteCount: preparation?.byteCount ?? root.type.byteCount))
      }
    }
    for value in graph.outputs.values {
      if let root = graph.constant(of: value) {
        uses.insert(
          ConstantUse(
            expression: root.expression, type: root.type, preparation: nil,
            byteCount: root.type.byteCount))
      }
    }
    return uses
  }

  private static func report(
    _ graph: Graph, _ steps: [PlannedStep], _ memory: MemoryPlan,
    _ sentInputs: [String: TensorType]
  ) -> MemoryReport {
    var report = MemoryReport()
    report.sentByteCount = sentInputs.values.reduce(0) { $0 + $1.byteCount }
    report.constantByteCount = constants(graph, steps).reduce(0) { $0 + $1.byteCount }
    for parameter in graph.parameters {
      if parameter.role == .optimizerState {
        report.optimizerByteCount += parameter.type.byteCount
      } else {
        report.residentByteCount += parameter.type.byteCount
      }
    }
    memory.describe(in: &report)
    return report
  }
}

/// A constant in the form in which a step reads it.
struct ConstantUse: Hashable {
  let expression: ConstantExpression
  let type: TensorType
  /// The key of the preparation, or `nil` for the plain form.
  let preparation: String?
  let byteCount: Int
}

extension ExecutionPlan.PlannedStep {
  fileprivate func requirements(in graph: Graph) -> StepRequirements {
    let varying = preparations.filter { position, _ in
      graph.constant(of: graph.nodes[node].operands[position]) == nil
    }
    return StepRequirements(
      node: node, workspaceByteCount: lowering.workspaceByteCount,
      preparedByteCounts: varying.mapValues(\.byteCount),
      refusedOverwrites: lowering.refusedOverwrites)
  }
}

extension Operation {
  /// Whether there is anything to do, once every value has its place.
  var isWork: Bool { !(self is any ViewOperation || self is any JoiningOperation) }
}

extension Graph {
  /// The constant that `value` is a view of, or `nil` if it isn't constant.
  func constant(of value: Value) -> (expression: ConstantExpression, type: TensorType)? {
    switch self[value].source {
    case .constant(let expression): (expression, type(of: value))
    case .operation(let operation) where operation is any ViewOperation:
      constant(of: self[value].operands[0])
    default: nil
    }
  }

  fileprivate func problem(of node: Node, _ operation: any Operation) -> Problem {
    let constants = node.operands.indices.filter { constant(of: node.operands[$0]) != nil }
    return Problem(
      operation: operation, operands: node.operands.map(type(of:)), results: node.results,
      constantOperands: Set(constants))
  }
}
