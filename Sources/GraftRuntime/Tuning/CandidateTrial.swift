import GraftGraph
import GraftRandom

/// One way to run a problem, bound to memory of its own that holds noise, so that it can be timed.
public struct CandidateTrial<D: Device> {
  private let device: D
  /// What must be prepared each time, then the operation.
  private let steps: [any Step]
  /// Bound steps don't keep what they read and write.
  private let buffers: [D.Buffer]

  /// Allocates, fills and prepares what one run reads.
  public init(_ lowering: any Lowering<D.Buffer>, _ problem: Problem, on device: D) throws {
    var buffers: [D.Buffer] = []
    func slice(_ byteCount: Int) throws -> BufferSlice<D.Buffer> {
      buffers.append(try device.makeBuffer(byteCount: byteCount))
      return BufferSlice(buffers[buffers.count - 1], byteOffset: 0, byteCount: byteCount)
    }
    var operands = try problem.operands.map { type in
      let slice = try slice(type.byteCount)
      try Self.noise(type.shape.count).withUnsafeBytes { try device.write($0, to: slice) }
      return slice
    }
    var steps: [any Step] = []
    for preparation in lowering.preparations {
      let prepared = try slice(preparation.byteCount)
      let step = try preparation.bind(operands[preparation.operand], prepared)
      operands[preparation.operand] = prepared
      if problem.constantOperands.contains(preparation.operand) {
        try step.enqueue()
        try device.synchronize()
      } else {
        steps.append(step)
      }
    }
    let byteCount = lowering.workspaceByteCount
    let binding = Binding(
      operands: operands, results: try problem.results.map { try slice($0.byteCount) },
      workspace: byteCount > 0 ? try slice(byteCount) : nil)
    self.steps = steps + [try lowering.bind(binding)]
    self.buffers = buffers
    self.device = device
  }

  /// How long one of `count` runs in a row takes, in seconds.
  public func seconds(runs count: Int = 1) throws -> Double {
    try seconds(runs: count, by: .continuous)
  }

  func seconds(runs count: Int = 1, by stopwatch: Stopwatch) throws -> Double {
    let start = stopwatch.seconds()
    for _ in 0..<count { for step in steps { try step.enqueue() } }
    try device.synchronize()
    return (stopwatch.seconds() - start) / Double(count)
  }

  /// Numbers between 0 and 1: variances must not be negative.
  private static func noise(_ count: Int) -> [Float] {
    var generator = SplitMix64(seed: 1)
    return (0..<count).map { _ in
      Float(generator.next() >> 40) * Float(sign: .plus, exponent: -24, significand: 1)
    }
  }
}
