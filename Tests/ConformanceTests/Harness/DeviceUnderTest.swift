import GraftGraph
import GraftRuntime
import Testing

/// One device that the suite runs on.
struct DeviceUnderTest: Sendable, CustomTestStringConvertible {
  /// The name by which `GRAFT_TEST_DEVICES` may choose it: `cpu`, `opencl:0`.
  let label: String
  let device: any Device

  var testDescription: String { "\(label) (\(device.name))" }

  /// Checks every candidate for `test`, with each of its sets of constant operands.
  ///
  /// - Returns: What is wrong, with candidate and case; nothing, if all is right.
  func findings(for test: OperationCase) throws -> [String] {
    try findings(for: test, on: device)
  }

  private func findings(for test: OperationCase, on device: some Device) throws -> [String] {
    let operands = test.makeOperands()
    let references = test.makeReference(operands)
    let types = operands.map(\.type)
    let results = try test.operation.resultTypes(for: types)
    var findings = zip(references, results).enumerated().compactMap { index, pair in
      pair.0.shape == pair.1.shape
        ? nil : "result \(index) is \(pair.0.shape) by definition, \(pair.1.shape) by its rule"
    }
    for constants in test.constantOperands {
      let problem = Problem(
        operation: test.operation, operands: types, results: results,
        constantOperands: constants)
      let candidates = try device.candidates(for: problem)
      if candidates.isEmpty { findings.append("no candidate and no error") }
      if Set(candidates.map(\.name)).count != candidates.count {
        findings.append("two candidates of one name: \(candidates.map(\.name))")
      }
      for lowering in candidates {
        let check = CandidateCheck(
          device: device, problem: problem, lowering: lowering, operands: operands,
          references: references, aliases: test.aliases)
        let place = "\(lowering.name)\(constants.isEmpty ? "" : " with constants")"
        findings += try check.findings().map { "\(place): \($0)" }
      }
    }
    return findings
  }
}
