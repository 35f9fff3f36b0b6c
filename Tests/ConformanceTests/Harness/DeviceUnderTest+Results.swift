import GraftGraph
import GraftRuntime

extension DeviceUnderTest {
  /// What each candidate for `test` makes of its operands, by the candidate's name.
  func results(for test: OperationCase) throws -> [String: [HostTensor]] {
    try results(for: test, on: device)
  }

  private func results<D: Device>(
    for test: OperationCase, on device: D
  ) throws -> [String: [HostTensor]] {
    let operands = test.makeOperands()
    let types = operands.map(\.type)
    let problem = Problem(
      operation: test.operation, operands: types,
      results: try test.operation.resultTypes(for: types))
    var results: [String: [HostTensor]] = [:]
    for lowering in try device.candidates(for: problem) {
      let bound = try BoundCandidate(
        lowering, problem, on: device, operands: operands, aliases: test.aliases, overwrites: [])
      let after = try bound.run(.notANumber).after
      results[lowering.name] = bound.results(in: after, types: problem.results)
    }
    return results
  }
}
