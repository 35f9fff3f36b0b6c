public import GraftGraph

/// An input or output that an executable doesn't have.
public enum ExecutableError: Error, CustomStringConvertible {
  case unknownInput(String)
  case unknownOutput(String)
  case wrongByteCount(name: String, expected: Int, found: Int)
  /// An index outside the table that it is looked up in.
  case indexOutsideTable(name: String, index: Int32, rows: Int)

  public var description: String {
    switch self {
    case .unknownInput(let name): "the graph has no input '\(name)'"
    case .unknownOutput(let name): "the graph has no output '\(name)'"
    case .wrongByteCount(let name, let expected, let found):
      "'\(name)' has \(expected) bytes, but \(found) were given"
    case .indexOutsideTable(let name, let index, let rows):
      "'\(name)' has \(index), but its table has \(rows) rows, numbered from 0; "
        + "are tokenizer and network of one model?"
    }
  }
}

/// A graph compiled for one device: a flat list of bound steps over a planned arena.
public final class Executable<D: Device>: CompiledGraph {
  public let report: MemoryReport
  private let session: DeviceSession<D>
  private let plan: ExecutionPlan<D>
  private let steps: [any Step]
  private let inputs: [String: (type: TensorType, slice: BufferSlice<D.Buffer>)]
  private let outputs: [String: (type: TensorType, slice: BufferSlice<D.Buffer>)]
  /// Where inputs go that are sent while a run is under way, by name.
  private let sentInputs: [String: BufferSlice<D.Buffer>]
  /// What the elements of inputs must be below by which rows are looked up.
  private let indexLimits: [String: Int]
  private let changedPaths: [ParameterPath]
  /// Keeps the shared constants alive.
  private let constants: [ConstantBuffer<D.Buffer>]

  /// Allocates what the plan asks for and binds all steps.
  init(_ plan: ExecutionPlan<D>, session: DeviceSession<D>) throws {
    self.plan = plan
    self.session = session
    report = plan.report
    indexLimits = plan.graph.indexLimits
    changedPaths = plan.graph.assignments.map(\.parameter)
    var binder = try StepBinder(plan, session: session)
    steps = try plan.steps.indices.map { try binder.bind($0) } + binder.bindCopies()
    constants = binder.constants
    var inputs: [String: (type: TensorType, slice: BufferSlice<D.Buffer>)] = [:]
    for (index, node) in plan.graph.nodes.enumerated() {
      if case .input(let name, _) = node.source {
        inputs[name] = (node.results[0], try binder.slice(of: Value(node: index)))
      }
    }
    self.inputs = inputs
    sentInputs = try plan.sentInputs.mapValues { type in
      BufferSlice(
        try session.device.makeBuffer(byteCount: type.byteCount), byteOffset: 0,
        byteCount: type.byteCount)
    }
    outputs = try plan.graph.outputs.mapValues {
      (plan.graph.type(of: $0), try binder.slice(of: $0))
    }
  }

  public var outputNames: [String] { outputs.keys.sorted() }

  public func hasInput(_ name: String) -> Bool { inputs[name] != nil }

  public func type(of name: String) -> TensorType? { inputs[name]?.type ?? outputs[name]?.type }

  public func write(_ bytes: UnsafeRawBufferPointer, to input: String) throws {
    try session.device.write(bytes, to: try place(of: input, for: bytes))
  }

  private func place(
    of input: String, for bytes: UnsafeRawBufferPointer
  ) throws -> BufferSlice<D.Buffer> {
    guard let (_, slice) = inputs[input] else { throw ExecutableError.unknownInput(input) }
    guard bytes.count == slice.byteCount else {
      throw ExecutableError.wrongByteCount(
        name: input, expected: slice.byteCount, found: bytes.count)
    }
    if let rows = indexLimits[input] { try checkIndices(bytes, of: input, below: rows) }
    return slice
  }

  private func checkIndices(
    _ bytes: UnsafeRawBufferPointer, of input: String, below rows: Int
  ) throws {
    for place in stride(from: 0, to: bytes.count, by: MemoryLayout<Int32>.size) {
      let index = bytes.loadUnaligned(fromByteOffset: place, as: Int32.self)
      guard 0..<rows ~= Int(index) else {
        throw ExecutableError.indexOutsideTable(name: input, index: index, rows: rows)
      }
    }
  }

  public func send(_ bytes: UnsafeRawBufferPointer, aheadTo input: String) throws -> Bool {
    _ = try place(of: input, for: bytes)
    guard let transfers = session.device.sideTransfers, let sent = sentInputs[input] else {
      return false
    }
    try transfers.write(bytes, to: sent)
    return true
  }

  public func takeSent(_ input: String) throws {
    guard let (_, slice) = inputs[input], let transfers = session.device.sideTransfers,
      let sent = sentInputs[input]
    else { throw ExecutableError.unknownInput(input) }
    try transfers.copy(from: sent, to: slice)
  }

  public func run() throws {
    for step in steps { try step.enqueue() }
    session.resident.markChanged(changedPaths)
  }

  public func read(_ output: String, into bytes: UnsafeMutableRawBufferPointer) throws {
    guard let (_, slice) = outputs[output] else { throw ExecutableError.unknownOutput(output) }
    guard bytes.count == slice.byteCount else {
      throw ExecutableError.wrongByteCount(
        name: output, expected: slice.byteCount, found: bytes.count)
    }
    try session.device.read(slice, into: bytes)
  }

  public func profile() throws -> [StepTiming] {
    let clock = ContinuousClock()
    let timings = try zip(plan.steps, steps).map { planned, step in
      try session.device.synchronize()
      let duration = try clock.measure {
        try step.enqueue()
        try session.device.synchronize()
      }
      let node = plan.graph.nodes[planned.node]
      return StepTiming(
        layer: node.layer, phase: node.phase, operation: planned.problem.operation,
        operands: planned.problem.operands, results: planned.problem.results,
        algorithm: planned.lowering.name, seconds: duration / .seconds(1))
    }
    session.resident.markChanged(changedPaths)
    return timings
  }
}
