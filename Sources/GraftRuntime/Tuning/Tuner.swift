import GraftGraph

/// Chooses among a device's algorithms by measuring them, once for each problem.
///
/// Choices are kept in a file, those for which there was no time to measure too: later runs take the
/// same algorithms and give the same results.
public final class Tuner<D: Device> {
  private let device: D
  private let file: TuningFile
  private let stopwatch: Stopwatch
  private var secondsLeft: Double

  /// A candidate replaces the first one only where it takes less than this share of its time:
  /// measurements are noisy, and the first is what the device is known to be good at.
  private static var winningShare: Double { 0.9 }

  /// - Parameter seconds: How long to measure, over all graphs that are compiled.
  public convenience init(device: D, file: TuningFile, seconds: Double = 3) {
    self.init(device: device, file: file, seconds: seconds, stopwatch: .continuous)
  }

  package init(device: D, file: TuningFile, seconds: Double, stopwatch: Stopwatch) {
    (self.device, self.file, self.stopwatch, secondsLeft) = (device, file, stopwatch, seconds)
  }

  /// The choice for a problem: what was kept, else the first candidate.
  package func choose(
    _ problem: Problem, _ candidates: [any Lowering<D.Buffer>]
  ) -> any Lowering<D.Buffer> {
    let kept = file.choice(for: problem.key)?.candidate
    return candidates.first { $0.name == kept } ?? candidates[0]
  }

  /// Decides all problems for which nothing was kept, those with the most work first.
  ///
  /// - Parameter takesItsTime: Whether to measure everything, also what there was no time for before.
  /// - Returns: What was decided now, by problem.
  package func settle(
    _ problems: [Problem], takesItsTime: Bool = false
  ) throws -> [String: TuningFile.Choice] {
    let budget = secondsLeft
    if takesItsTime { secondsLeft = .infinity }
    defer { if takesItsTime { secondsLeft = budget } }
    var open: [String: Problem] = [:]
    // Other operands than numbers must mean something, such as classes.
    for problem in problems
    where problem.operands.allSatisfy({ $0.elementType == .float32 })
      && isOpen(problem, takesItsTime)
    {
      open[problem.key] = problem
    }
    var new: [String: TuningFile.Choice] = [:]
    for (key, problem) in open.sorted(by: { ($1.value.work, $0.key) < ($0.value.work, $1.key) }) {
      let contenders = try device.candidates(for: problem).filter(\.isContender)
      guard contenders.count > 1 else { continue }
      new[key] = measure(problem, contenders)
    }
    if !new.isEmpty { file.keep(new) }
    return new
  }

  private func isOpen(_ problem: Problem, _ takesItsTime: Bool) -> Bool {
    guard let kept = file.choice(for: problem.key) else { return true }
    return takesItsTime && kept.milliseconds.isEmpty
  }

  private func measure(
    _ problem: Problem, _ contenders: [any Lowering<D.Buffer>]
  ) -> TuningFile.Choice {
    var choice = TuningFile.Choice(candidate: contenders[0].name, milliseconds: [:])
    var best = Double.infinity
    for (index, lowering) in contenders.enumerated() {
      // The first alone decides nothing.
      guard secondsLeft > 0 else { break }
      let start = stopwatch.seconds()
      // A candidate that can't run on this device, for want of memory or a driver's fault, loses.
      let seconds = (try? time(lowering, problem)) ?? .infinity
      secondsLeft -= stopwatch.seconds() - start
      choice.milliseconds[lowering.name] = seconds.isFinite ? seconds * 1000 : nil
      if index == 0 {
        best = seconds * Self.winningShare
      } else if seconds < best {
        (best, choice.candidate) = (seconds, lowering.name)
      }
    }
    if choice.milliseconds.count < 2 { choice.milliseconds = [:] }
    return choice
  }

  /// The shortest of three runs after one that builds what has to be built; of one where it is long.
  private func time(_ lowering: any Lowering<D.Buffer>, _ problem: Problem) throws -> Double {
    let trial = try CandidateTrial(lowering, problem, on: device)
    _ = try trial.seconds(by: stopwatch)
    var best = Double.infinity
    var total = 0.0
    for _ in 0..<3 where total < 0.1 {
      let seconds = try trial.seconds(by: stopwatch)
      best = min(best, seconds)
      total += seconds
    }
    return best
  }
}

extension Problem {
  /// Names operation and types: what a measurement is valid for.
  fileprivate var key: String {
    let types = (operands + results).map { "\($0.elementType) \($0.shape)" }
    let constants = constantOperands.sorted().map(String.init)
    // Without the names of modules.
    let operation = "\(operation)".split(separator: "GraftGraph.").joined()
    return "\(operation); \(types.joined(separator: ", ")); constant: "
      + constants.joined(separator: ", ")
  }

  /// Grows as the work does: of a product of matrices, the number of multiplications.
  fileprivate var work: Double {
    (operands.prefix(2) + results.prefix(1)).reduce(1) { $0 * Double($1.shape.count) }.squareRoot()
  }
}
