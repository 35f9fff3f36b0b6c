import GraftGraph
import GraftRuntime

/// A candidate bound to guarded memory: ready to run, and to be looked at afterwards.
struct BoundCandidate<D: Device> {
  let memory: GuardedMemory<D>
  let layout: Layout
  let step: any Step
  let preparationSteps: [any Step]
  let operands: [HostTensor]

  /// Which region of the memory holds what.
  struct Layout {
    /// The region of each operand.
    var operands: [Int] = []
    /// The region of the prepared form of each operand that has one.
    var prepared: [Int: Int] = [:]
    /// The region of each result; an operand's, where the result overwrites it.
    var results: [Int] = []
    var workspace: Int?
    /// Operands that are prepared once, after which their plain form may be gone.
    var dropped: Set<Int> = []
    var byteCounts: [Int] = []

    mutating func add(_ byteCount: Int) -> Int {
      byteCounts.append(byteCount)
      return byteCounts.count - 1
    }
  }

  init(
    _ lowering: any Lowering<D.Buffer>, _ problem: Problem, on device: D, operands: [HostTensor],
    aliases: [Int: Int], overwrites: [Overwrite]
  ) throws {
    var layout = Layout()
    for (index, type) in problem.operands.enumerated() {
      let region = aliases[index].map { layout.operands[$0] } ?? layout.add(type.byteCount)
      layout.operands.append(region)
    }
    for preparation in lowering.preparations {
      layout.prepared[preparation.operand] = layout.add(preparation.byteCount)
      if problem.constantOperands.contains(preparation.operand) {
        layout.dropped.insert(preparation.operand)
      }
    }
    for (index, type) in problem.results.enumerated() {
      let overwrite = overwrites.first { $0.result == index }
      let region =
        overwrite.map { layout.operands[$0.operand] } ?? layout.add(type.byteCount)
      layout.results.append(region)
    }
    if lowering.workspaceByteCount > 0 {
      layout.workspace = layout.add(lowering.workspaceByteCount)
    }
    let memory = try GuardedMemory(on: device, byteCounts: layout.byteCounts)
    preparationSteps = try lowering.preparations.map {
      try $0.bind(
        memory.slice(layout.operands[$0.operand]),
        memory.slice(layout.prepared[$0.operand] ?? 0))
    }
    let slices = layout.operands.indices.map {
      memory.slice(layout.prepared[$0] ?? layout.operands[$0])
    }
    step = try lowering.bind(
      Binding(
        operands: slices, results: layout.results.map(memory.slice),
        workspace: layout.workspace.map(memory.slice)))
    (self.memory, self.layout, self.operands) = (memory, layout, operands)
  }

  /// Runs preparations and step on fresh operands, all other memory holding `pattern`.
  ///
  /// - Returns: The memory before the step and after it.
  func run(_ pattern: GuardedMemory<D>.Pattern) throws -> (
    before: GuardedMemory<D>.Snapshot, after: GuardedMemory<D>.Snapshot
  ) {
    var contents: [Int: [UInt8]] = [:]
    for (region, operand) in zip(layout.operands, operands) { contents[region] = operand.bytes }
    try memory.fill(pattern, contents: contents)
    for step in preparationSteps { try step.enqueue() }
    try memory.device.synchronize()
    for operand in layout.dropped {
      let region = layout.operands[operand]
      let count = layout.byteCounts[region]
      try memory.write(Array(repeating: pattern.rawValue, count: count), to: region)
    }
    let before = try memory.snapshot()
    try step.enqueue()
    try memory.device.synchronize()
    return (before, try memory.snapshot())
  }

  /// The results as they lie in the memory.
  func results(in snapshot: GuardedMemory<D>.Snapshot, types: [TensorType]) -> [HostTensor] {
    zip(layout.results, types).map { HostTensor($1, bytes: snapshot.bytes($0)) }
  }
}
