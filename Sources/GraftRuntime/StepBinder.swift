import GraftGraph

/// Turns a plan's places into slices of real buffers, and its steps into bound ones.
struct StepBinder<D: Device> {
  private let plan: ExecutionPlan<D>
  private let session: DeviceSession<D>
  private var arena: [D.Buffer]
  private var resident: [ParameterPath: BufferSlice<D.Buffer>]
  private var constantSlices: [ConstantUse: BufferSlice<D.Buffer>] = [:]
  private(set) var constants: [ConstantBuffer<D.Buffer>] = []

  init(_ plan: ExecutionPlan<D>, session: DeviceSession<D>) throws {
    self.plan = plan
    self.session = session
    (arena, resident) = ([], [:])
    // Constants come first: what computing them takes is free again when the arena is allocated.
    for step in plan.steps { try makeConstants(for: step) }
    for value in plan.graph.outputs.values {
      if let root = plan.graph.constant(of: value) { _ = try constant(root, preparation: nil) }
    }
    arena = try session.arena(plan.memory.layout.chunkByteCounts)
    for parameter in plan.graph.parameters {
      resident[parameter.path] = try session.resident.slice(for: parameter)
    }
  }

  /// Binds the step at `position`, with the preparation of its varying operands before it.
  mutating func bind(_ position: Int) throws -> any Step {
    let step = plan.steps[position]
    let node = plan.graph.nodes[step.node]
    var operands: [BufferSlice<D.Buffer>] = []
    var sequence: [any Step] = []
    for (index, operand) in node.operands.enumerated() {
      let preparation = step.preparations[index]
      if let root = plan.graph.constant(of: operand) {
        operands.append(try constant(root, preparation: preparation))
      } else if let preparation, let block = plan.memory.preparationBlocks[position]?[index] {
        let prepared = slice(ofBlock: block)
        sequence.append(try preparation.bind(try slice(of: operand), prepared))
        operands.append(prepared)
      } else {
        operands.append(try slice(of: operand))
      }
    }
    let results = try node.results.indices.map {
      try slice(of: Value(node: step.node, result: $0))
    }
    let workspace = plan.memory.workspaceBlocks[position].map(slice(ofBlock:))
    sequence.append(
      try step.lowering.bind(
        Binding(operands: operands, results: results, workspace: workspace)))
    return sequence.count == 1 ? sequence[0] : StepSequence(steps: sequence)
  }

  /// Steps that store assigned values which could not be computed in place.
  mutating func bindCopies() throws -> [any Step] {
    try plan.graph.assignments.compactMap { assignment in
      guard plan.memory.locations[assignment.value] != .resident(assignment.parameter),
        let target = resident[assignment.parameter]
      else { return nil }
      let type = plan.graph.type(of: assignment.value)
      let problem = Problem(operation: Scale(by: 1), operands: [type], results: [type])
      guard let lowering = try session.device.candidates(for: problem).last else {
        throw UnsupportedOperation(
          operation: problem.operation, deviceName: session.device.name)
      }
      return try lowering.bind(
        Binding(operands: [try slice(of: assignment.value)], results: [target], workspace: nil))
    }
  }

  /// Where a value lies.
  mutating func slice(of value: Value) throws -> BufferSlice<D.Buffer> {
    switch plan.memory.locations[value] {
    case .block(let block, let byteOffset)?:
      let slice = slice(ofBlock: block)
      return BufferSlice(
        slice.buffer, byteOffset: slice.byteOffset + byteOffset,
        byteCount: plan.graph.type(of: value).byteCount)
    case .resident(let path)?:
      guard let slice = resident[path] else { throw ParameterError.missing(path) }
      return slice
    case .constant?, nil:
      guard let root = plan.graph.constant(of: value) else {
        preconditionFailure("value \(value) has no place in the memory plan")
      }
      return try constant(root, preparation: nil)
    }
  }

  private func slice(ofBlock index: Int) -> BufferSlice<D.Buffer> {
    let block = plan.memory.layout.blocks[index]
    return BufferSlice(
      arena[block.chunk], byteOffset: block.byteOffset, byteCount: block.byteCount)
  }

  private mutating func makeConstants(for step: ExecutionPlan<D>.PlannedStep) throws {
    for (index, operand) in plan.graph.nodes[step.node].operands.enumerated() {
      guard let root = plan.graph.constant(of: operand) else { continue }
      _ = try constant(root, preparation: step.preparations[index])
    }
  }

  private mutating func constant(
    _ root: (expression: ConstantExpression, type: TensorType),
    preparation: OperandPreparation<D.Buffer>?
  ) throws -> BufferSlice<D.Buffer> {
    let use = ConstantUse(
      expression: root.expression, type: root.type, preparation: preparation?.key,
      byteCount: preparation?.byteCount ?? root.type.byteCount)
    if let slice = constantSlices[use] { return slice }
    let buffer = try session.constants.buffer(for: use, preparation: preparation)
    constants.append(buffer)
    constantSlices[use] = buffer.slice
    return buffer.slice
  }
}

/// Several steps that belong together.
struct StepSequence: Step {
  let steps: [any Step]

  func enqueue() throws { for step in steps { try step.enqueue() } }
}
