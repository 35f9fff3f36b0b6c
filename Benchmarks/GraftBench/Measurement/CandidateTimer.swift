import Graft

/// Times the ways in which a device can run a problem, each on memory of its own.
struct CandidateTimer {
  /// How long one candidate took.
  struct Timing {
    let candidate: String
    let seconds: Spread
  }

  /// How long to measure each candidate, in seconds, after it ran once.
  var duration = 0.2
  var includesReference = false

  /// - Returns: One timing for each candidate; the plain reference only where asked for.
  func timings(of problem: Problem, on device: some Device) throws -> [Timing] {
    try device.candidates(for: problem)
      .filter { includesReference || $0.name != "naive" }
      .map { Timing(candidate: $0.name, seconds: try time($0, problem, device)) }
  }

  private func time<D: Device>(
    _ lowering: any Lowering<D.Buffer>, _ problem: Problem, _ device: D
  ) throws -> Spread {
    let steps = try bind(lowering, problem, device)
    func run(_ count: Int) throws -> Double {
      try seconds {
        for _ in 0..<count { for step in steps { try step.enqueue() } }
        try device.synchronize()
      }
    }
    let first = try run(1)
    // So many at a time that waiting for the end doesn't count.
    let count = max(1, Int(duration / 10 / max(first, 1e-6)))
    var times: [Double] = []
    while times.reduce(0, +) * Double(count) < duration || times.count < 2 {
      times.append(try run(count) / Double(count))
    }
    return Spread(times)
  }

  /// The steps of one run: what must be prepared each time, then the operation.
  private func bind<D: Device>(
    _ lowering: any Lowering<D.Buffer>, _ problem: Problem, _ device: D
  ) throws -> [any Step] {
    func slice(_ byteCount: Int) throws -> BufferSlice<D.Buffer> {
      BufferSlice(
        try device.makeBuffer(byteCount: byteCount), byteOffset: 0, byteCount: byteCount)
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
      } else {
        steps.append(step)
      }
    }
    let byteCount = lowering.workspaceByteCount
    let binding = Binding(
      operands: operands, results: try problem.results.map { try slice($0.byteCount) },
      workspace: byteCount > 0 ? try slice(byteCount) : nil)
    return steps + [try lowering.bind(binding)]
  }

  /// Numbers between 0 and 1: variances must not be negative.
  private static func noise(_ count: Int) -> [Float] {
    var generator = SplitMix64(seed: 1)
    return (0..<count).map { _ in Float.random(in: 0...1, using: &generator) }
  }
}
