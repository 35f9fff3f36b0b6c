import GraftGraph
import GraftRuntime

/// Everything that is asked of one way to run one case on one device.
struct CandidateCheck<D: Device> {
  let device: D
  let problem: Problem
  let lowering: any Lowering<D.Buffer>
  let operands: [HostTensor]
  let references: [ReferenceTensor]
  let aliases: [Int: Int]

  /// What is wrong with the candidate: nothing, if it is right.
  func findings() throws -> [String] {
    var findings: [String] = []
    let prepared = lowering.preparations.map(\.operand)
    if Set(prepared).count != prepared.count {
      findings.append("prepares an operand twice: \(prepared)")
    }
    for overwrites in overwriteVariants {
      let place = overwrites.isEmpty ? "" : "in place of operands \(overwrites.map(\.operand)): "
      findings += try self.findings(overwrites).map { place + $0 }
    }
    return findings
  }

  /// No overwriting; each overwrite that the algorithm can do; as many at once as can be.
  private var overwriteVariants: [[Overwrite]] {
    let possible = problem.operation.overwrites.filter {
      !lowering.refusedOverwrites.contains($0) && aliases.isEmpty
        && problem.operands[$0.operand].byteCount == problem.results[$0.result].byteCount
    }
    var together: [Overwrite] = []
    for overwrite in possible
    where !together.contains(where: {
      $0.result == overwrite.result || $0.operand == overwrite.operand
    }) {
      together.append(overwrite)
    }
    let single = possible.map { [$0] }
    return [[]] + single + (together.count > 1 ? [together] : [])
  }

  private func findings(_ overwrites: [Overwrite]) throws -> [String] {
    let bound = try BoundCandidate(
      lowering, problem, on: device, operands: operands, aliases: aliases,
      overwrites: overwrites)
    let first = try bound.run(.notANumber)
    let second = try bound.run(.huge)
    let results = bound.results(in: first.after, types: problem.results)
    var findings = zip(references, results).enumerated().compactMap { index, pair in
      pair.0.disagreement(with: pair.1).map { "result \(index) \($0)" }
    }
    if bound.results(in: second.after, types: problem.results).map(\.bytes)
      != results.map(\.bytes)
    {
      findings.append("a second run over other memory gives another result")
    }
    findings += breaches(first.after, .notANumber) + breaches(second.after, .huge)
    let untouched = Set(bound.layout.operands + bound.layout.prepared.values)
      .subtracting(bound.layout.results)
    for region in untouched.sorted()
    where first.before.bytes(region) != first.after.bytes(region) {
      let isOperand = bound.layout.operands.contains(region)
      findings.append("writes to \(isOperand ? "an operand" : "a prepared operand")")
    }
    return findings
  }

  private func breaches(
    _ snapshot: GuardedMemory<D>.Snapshot, _ pattern: GuardedMemory<D>.Pattern
  ) -> [String] {
    snapshot.firstBreach(pattern).map {
      ["writes outside its memory: \($0.byteDistance) bytes off region \($0.region)"]
    } ?? []
  }
}

extension ReferenceTensor {
  /// How `actual` differs from this more than rounding explains, or `nil` if it does not.
  func disagreement(with actual: HostTensor, tolerance: (Double) -> Double = Tolerance.error)
    -> String?
  {
    var worst: (excess: Double, index: Int)?
    let numbers = actual.doubles
    for index in values.indices {
      // What is not a number must stay none.
      if values[index].isNaN, numbers[index].isNaN { continue }
      let allowed = tolerance(magnitudes[index])
      let error = abs(numbers[index] - values[index])
      // Not `error > allowed`: a NaN must not pass.
      if !(error <= allowed) {
        let excess = error.isNaN ? Double.infinity : error / allowed
        if worst.map({ excess > $0.excess }) ?? true { worst = (excess, index) }
      }
    }
    return worst.map { excess, index in
      "is \(numbers[index]) at \(index) of \(shape), not \(values[index]): "
        + "\(excess.formatted()) times the tolerance"
    }
  }
}

extension Double {
  /// Three digits are enough for a message.
  fileprivate func formatted() -> String {
    self > 1e6 ? "\(self)" : "\((self * 100).rounded() / 100)"
  }
}
