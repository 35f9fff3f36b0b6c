import GraftGraph

/// The graph of one operation and of the gradients of some of its operands, for a loss that is the
/// sum of the first result's elements, each times an element of an input.
///
/// That input is then the gradient of the result. No operation has gradients through its other
/// results.
struct GradientGraph {
  private let graph: Graph
  private let operands: [Value]
  private let resultGradient: Value
  private let results: [Value]
  /// The gradients of the operands asked for, in their order.
  private let gradients: [Value]

  /// Builds the gradients through the operation's own rule.
  init(
    of operation: some GraftGraph.Operation, operands types: [TensorType],
    withRespectTo positions: [Int]
  ) throws {
    let builder = GraphBuilder()
    let operands = types.enumerated().map { builder.input("operand \($0)", $1) }
    let results = builder.apply(operation, to: operands)
    let resultGradient = builder.input("gradient", results[0].type)
    let loss = builder.apply(
      Sum(to: [1]), to: builder.apply(Combine(.multiply), to: results[0], resultGradient))
    let (graph, gradients) = try builder.finish().differentiated(
      loss.value, withRespectTo: Set(positions.map { operands[$0].value }))
    self.graph = graph
    self.gradients = try positions.map {
      guard let gradient = gradients[operands[$0].value] else {
        throw MissingGradient(operation: operation.name, operand: $0)
      }
      return gradient
    }
    self.operands = operands.map(\.value)
    self.results = results.map(\.value)
    self.resultGradient = resultGradient.value
  }

  /// What the graph computes from the given operands and result gradient.
  func evaluate<Evaluator: OperationEvaluator>(
    with evaluator: Evaluator, _ operands: [Evaluator.Tensor], resultGradient: Evaluator.Tensor
  ) throws -> (results: [Evaluator.Tensor], gradients: [Evaluator.Tensor]) {
    var inputs = [self.resultGradient: resultGradient]
    for (value, tensor) in zip(self.operands, operands) { inputs[value] = tensor }
    let all = try graph.evaluate(
      with: evaluator, inputs: inputs, returning: results + gradients)
    return (Array(all.prefix(results.count)), Array(all.dropFirst(results.count)))
  }

  struct MissingGradient: Error {
    let operation: String
    let operand: Int
  }
}
