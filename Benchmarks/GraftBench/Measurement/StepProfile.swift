import Graft

/// How long each operation of a training step takes when it runs by itself.
struct StepProfile {
  private let timings: [StepTiming]
  private let machine: MachineSpeed

  /// Runs the step twice more and keeps the second run; parameters change as in any other.
  init(of engine: TrainingEngine, _ work: Workload, _ graph: Graph, machine: MachineSpeed) throws {
    let compiled = try engine.session.compile(graph)
    try work.write(to: compiled)
    let weights = [Float](repeating: 1, count: work.batchSize)
    try weights.withUnsafeBytes { try compiled.write($0, to: TensorName.weights) }
    for (name, values) in [("rate", [work.optimizer.rate]), ("corrections", [1, 1])]
    where compiled.hasInput(name) {
      try values.withUnsafeBytes { try compiled.write($0, to: name) }
    }
    _ = try compiled.profile()
    timings = try compiled.profile()
    self.machine = machine
  }

  /// Milliseconds of each part of the step.
  var phaseMilliseconds: [String: Double] {
    Dictionary(grouping: timings) { "\($0.phase)" }
      .mapValues { $0.reduce(0) { $0 + $1.seconds } * 1000 }
  }

  /// Multiplications and additions that the chosen algorithms make.
  var executedOperationCount: Int {
    timings.reduce(0) { $0 + FloatingPointWork.executedOperationCount($1) }
  }

  /// The bytes of everything that operations read and write.
  var byteCount: Int {
    timings.reduce(0) {
      $0 + FloatingPointWork.byteCount(operands: $1.operands, results: $1.results)
    }
  }

  /// Sums by operation, then the longest steps.
  func table(lines: Int) -> String {
    let total = timings.reduce(0) { $0 + $1.seconds }
    return """

      phases: \(phaseMilliseconds.sorted { $0.value > $1.value }
        .map { "\($0.key) \(Format.fixed($0.value, 1)) ms" }.joined(separator: ", "))

      \(sums(total))

      \(longest(lines, total))
      """
  }

  private func sums(_ total: Double) -> String {
    let groups = Dictionary(grouping: timings) {
      "\(OperationText.kind($0.operation, $0.operands)) \($0.algorithm)"
    }
    let rows = groups.map { name, group in (name, group, group.reduce(0) { $0 + $1.seconds }) }
      .sorted { $0.2 > $1.2 }
      .map { name, group, time in
        [name, "\(group.count)", Format.milliseconds(time), Format.percent(time / total)]
          + speed(group, time)
      }
    return Format.table(
      [["operation and algorithm", "steps", "ms", "share", "GFLOP/s", "of peak", "GB/s"]] + rows)
  }

  private func longest(_ lines: Int, _ total: Double) -> String {
    let rows = timings.sorted { $0.seconds > $1.seconds }.prefix(lines).map { timing in
      [
        timing.layer,
        OperationText.describe(timing.operation, timing.operands, timing.results),
        timing.algorithm, Format.milliseconds(timing.seconds),
        Format.percent(timing.seconds / total),
      ] + speed([timing], timing.seconds)
    }
    let header = [
      "layer", "operation", "algorithm", "ms", "share", "GFLOP/s", "of peak", "GB/s",
    ]
    return Format.table([header] + rows, leftColumns: 3)
  }

  private func speed(_ timings: [StepTiming], _ seconds: Double) -> [String] {
    let operations = timings.reduce(0) {
      $0
        + FloatingPointWork.operationCount(
          $1.operation, operands: $1.operands, results: $1.results)
    }
    let bytes = timings.reduce(0) {
      $0 + FloatingPointWork.byteCount(operands: $1.operands, results: $1.results)
    }
    let rate = Double(operations) / seconds
    return [
      operations == 0 ? "" : Format.fixed(rate / 1e9, 1),
      operations == 0 ? "" : Format.percent(rate / machine.operationsPerSecond),
      Format.fixed(Double(bytes) / seconds / 1e9, 1),
    ]
  }
}
