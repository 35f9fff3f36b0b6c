import Graft

/// The memory of one way to run a model: what was planned, and what one run really took.
struct MemoryCase: Encodable {
  let name: String
  /// Planned bytes by kind.
  let bytes: [String: Int]
  /// By the device's own count, before anything was made and after one run.
  let allocatedBytesBefore: Int
  let allocatedBytesAfter: Int
  /// What there is for parameters that don't train; `nil` where nothing trains.
  let frozen: FrozenBytes?

  var allocatedBytes: Int { allocatedBytesAfter - allocatedBytesBefore }
  /// How much larger the arena is than any must be.
  var arenaExcess: Double {
    Double(bytes["arena"] ?? 0) / Double(max(bytes["arenaLowerBound"] ?? 0, 1)) - 1
  }

  /// A training step.
  static func training(
    _ name: String, _ work: Workload, freezing level: FreezeLevel
  ) throws -> (result: MemoryCase, graph: Graph) {
    let trainable = try work.trainable(level)
    let graph = try work.trainingGraph(trainable)
    let parameters = try work.model.parameters
    let before = work.device.allocatedByteCount
    let engine = work.engine(trainable)
    let report = try engine.forecast(batchSize: work.batchSize)
    _ = try engine.train(on: work.batch, epoch: 1, batchSize: work.batchSize, rate: 0)
    let frozen = parameters.filter { $0.role.isTrainable && !trainable.contains($0.path) }
    let result = MemoryCase(
      name: name, bytes: report.byKind, allocatedBytesBefore: before,
      allocatedBytesAfter: work.device.allocatedByteCount,
      frozen: FrozenBytes(of: frozen, in: graph))
    return (result, graph)
  }

  /// A prediction.
  static func inference(_ name: String, _ work: Workload) throws -> MemoryCase {
    let before = work.device.allocatedByteCount
    let compiled = try work.session.compile(work.inferenceGraph())
    try work.write(to: compiled)
    try compiled.run()
    try work.session.synchronize()
    return MemoryCase(
      name: name, bytes: compiled.report.byKind, allocatedBytesBefore: before,
      allocatedBytesAfter: work.device.allocatedByteCount, frozen: nil)
  }
}
