import GraftCPU
import GraftGraph
import GraftRuntime
import Testing

/// One operation with the shapes to try it on.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let operation: any Operation
  let operands: [TensorType]
  /// Which operands must be positive: variances, corrections, weights.
  var positive: Set<Int> = []

  init(_ operation: any Operation, _ shapes: Shape..., positive: Set<Int> = []) {
    self.operation = operation
    operands = shapes.map { TensorType($0) }
    self.positive = positive
  }

  init(_ operation: any Operation, types: [TensorType]) {
    (self.operation, operands) = (operation, types)
  }

  var testDescription: String { "\(operation) \(operands)" }

  func problem() throws -> Problem {
    Problem(
      operation: operation, operands: operands,
      results: try operation.resultTypes(for: operands))
  }

  func values() -> [[Float]] {
    var numbers = SeededNumbers(seed: 7)
    return operands.enumerated().map { index, type in
      let values = numbers.values(type.shape.count)
      if type.elementType == .int32 { return values.map { Float(bitPattern: $0.bitPattern >> 8) } }
      return positive.contains(index) ? values.map { abs($0) + 0.1 } : values
    }
  }
}

@Suite struct AgreementTests {
  @Test("Every candidate agrees with the plain reference", arguments: OperationCase.all)
  func agrees(_ test: OperationCase) throws {
    let runner = LoweringRunner(device: CPUDevice(threadCount: 3))
    let (problem, operands) = (try test.problem(), test.values())
    let candidates = try runner.device.candidates(for: problem)
    let reference = try #require(candidates.last)
    #expect(reference.name == "naive")
    let expected = try runner.run(reference, of: problem, on: operands)
    for candidate in candidates {
      let results = try runner.run(candidate, of: problem, on: operands)
      for (values, expected) in zip(results, expected) {
        let error = relativeError(values, expected)
        #expect(error < candidate.tolerance, "\(candidate.name): \(error)")
      }
      for overwrite in test.operation.overwrites
      where !candidate.refusedOverwrites.contains(overwrite) && fits(overwrite, problem) {
        let inPlace = try runner.run(candidate, of: problem, on: operands, overwriting: overwrite)
        #expect(inPlace == results, "\(candidate.name) over operand \(overwrite.operand)")
      }
    }
  }

  @Test("Results don't depend on the number of threads", arguments: OperationCase.all)
  func isDeterministic(_ test: OperationCase) throws {
    let (problem, operands) = (try test.problem(), test.values())
    let results = try [1, 2, 5].map { threadCount in
      let runner = LoweringRunner(device: CPUDevice(threadCount: threadCount))
      return try runner.device.candidates(for: problem).map {
        try runner.run($0, of: problem, on: operands)
      }
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  private func fits(_ overwrite: Overwrite, _ problem: Problem) -> Bool {
    problem.operands[overwrite.operand] == problem.results[overwrite.result]
  }
}

extension Lowering {
  /// Winograd's transforms cost some digits.
  fileprivate var tolerance: Float { name.hasPrefix("winograd") ? 2e-5 : 5e-6 }
}
