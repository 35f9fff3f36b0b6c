public import GraftGraph
import GraftWeights

extension Activate: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    activation.addNodes(after: try step.name(0), in: step)
  }
}

extension Activation {
  /// Applies the function to a value.
  func addNodes(after input: String, in step: ONNXStep) -> String {
    switch self {
    case .relu: step.add("Relu", [input])
    case .relu6: step.add("Clip", [input, step.constant(0), step.constant(6)])
    case .leakyReLU(let slope): step.add("LeakyRelu", [input], ["alpha": .float(slope)])
    case .sigmoid: step.add("Sigmoid", [input])
    case .tanh: step.add("Tanh", [input])
    case .silu: step.add("Mul", [input, step.add("Sigmoid", [input])])
    case .hardSigmoid:
      step.add("HardSigmoid", [input], ["alpha": .float(1 / 6), "beta": .float(0.5)])
    case .hardSwish: step.add("HardSwish", [input])
    case .gelu: gelu(input, step)
    }
  }

  /// x · (1 + erf(x / √2)) / 2; an operator of its own came with operator set 20.
  private func gelu(_ input: String, _ step: ONNXStep) -> String {
    let scaled = step.add("Mul", [input, step.constant(Float(0.5).squareRoot())])
    let sum = step.add("Add", [step.add("Erf", [scaled]), step.constant(1)])
    return step.add("Mul", [step.add("Mul", [input, sum]), step.constant(0.5)])
  }
}

extension Softmax: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let rank = step.resultType.shape.rank
    let axis = step.axis(rank - 1, ofRank: rank)
    return step.add("Softmax", [try step.name(0)], ["axis": .integer(axis)])
  }
}
