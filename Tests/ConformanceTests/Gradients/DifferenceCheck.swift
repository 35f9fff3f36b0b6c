import GraftGraph

/// Compares the gradient rule of an operation, evaluated in double precision, to differences.
struct DifferenceCheck {
  let test: OperationCase
  let operands: [ReferenceTensor]
  let resultGradient: ReferenceTensor
  let graph: GradientGraph

  init(_ test: OperationCase) throws {
    let tensors = test.makeOperands()
    let types = tensors.map(\.type)
    let result = try test.operation.resultTypes(for: types)[0]
    var numbers = RandomNumbers(seed: "gradient of " + test.testDescription)
    resultGradient = ReferenceTensor(
      Operand(result.shape).makeTensor(&numbers, after: []))
    (self.test, operands) = (test, tensors.map { ReferenceTensor($0) })
    graph = try GradientGraph(
      of: test.operation, operands: types, withRespectTo: test.differentiatedOperands)
  }

  /// The gradients by the rule, in double precision.
  func referenceGradients() throws -> [ReferenceTensor] {
    try graph.evaluate(
      with: ReferenceEvaluator(), operands, resultGradient: resultGradient
    ).gradients
  }

  /// Elements whose gradient by the rule is not what a small step makes of the loss.
  func findings() throws -> [String] {
    let gradients = try referenceGradients()
    return zip(test.differentiatedOperands, gradients).flatMap { operand, gradient in
      if gradient.shape != operands[operand].shape {
        return ["the gradient of operand \(operand) has shape \(gradient.shape)"]
      }
      return sampledIndices(gradient.values.count).compactMap { index in
        finding(operand: operand, index: index, gradient: gradient.values[index])
      }
    }
  }

  private func finding(operand: Int, index: Int, gradient: Double) -> String? {
    let step = Tolerance.differenceStep(at: operands[operand].values[index])
    let (above, below) = (
      loss(moving: operand, index, by: step), loss(moving: operand, index, by: -step)
    )
    let difference = (above - below) / (2 * step)
    let allowed = Tolerance.differenceError(loss: abs(above), derivative: gradient)
    guard !(abs(difference - gradient) <= allowed) else { return nil }
    return "operand \(operand), element \(index): \(gradient) by the rule, \(difference) by steps"
  }

  /// The sum of the first result's elements times their gradients, one element being moved.
  private func loss(moving operand: Int, _ index: Int, by step: Double) -> Double {
    var moved = operands
    moved[operand].values[index] += step
    let result = test.operation.evaluate(moved)[0]
    return zip(result.values, resultGradient.values).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// All elements of a small tensor; some all over a large one.
  private func sampledIndices(_ count: Int) -> [Int] {
    let most = 40
    return count <= most ? Array(0..<count) : (0..<most).map { $0 * count / most }
  }
}
