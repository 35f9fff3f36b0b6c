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
    let trial = try CandidateTrial(lowering, problem, on: device)
    let first = try trial.seconds()
    // So many at a time that waiting for the end doesn't count.
    let count = max(1, Int(duration / 10 / max(first, 1e-6)))
    var times: [Double] = []
    while times.reduce(0, +) * Double(count) < duration || times.count < 2 {
      times.append(try trial.seconds(runs: count))
    }
    return Spread(times)
  }
}
