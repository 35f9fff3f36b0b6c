import GraftGraph
import GraftRuntime

extension DeviceUnderTest {
  /// Checks the gradients that an operation's rule gives on this device against the same rule in
  /// double precision.
  ///
  /// - Returns: What is wrong; nothing, if all is right.
  func gradientFindings(for test: OperationCase) throws -> [String] {
    let check = try DifferenceCheck(test)
    let expected = try check.referenceGradients()
    let (_, actual) = try evaluate(
      check.graph, test.makeOperands(), resultGradient: check.resultGradient.rounded)
    return zip(test.differentiatedOperands, zip(expected, actual)).compactMap { operand, pair in
      // Each step of the rule reads what the one before has rounded.
      pair.0.spreadingMagnitudes().disagreement(with: pair.1).map {
        "gradient of operand \(operand) \($0)"
      }
    }
  }

  /// Runs operation and gradients on this device.
  func evaluate(
    _ graph: GradientGraph, _ operands: [HostTensor], resultGradient: HostTensor
  ) throws -> (results: [HostTensor], gradients: [HostTensor]) {
    func evaluate<D: Device>(on device: D) throws -> (
      results: [HostTensor], gradients: [HostTensor]
    ) {
      try graph.evaluate(
        with: DeviceEvaluator(device: device), operands, resultGradient: resultGradient)
    }
    return try evaluate(on: device)
  }
}
