public import GraftGraph
import GraftWeights

extension EmbeddingLookup: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    step.add("Gather", [try step.name(0), try step.name(1)], ["axis": .integer(0)])
  }
}

extension DotProductAttention: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let channels = step.type(0).shape[2]
    func split(_ operand: Int, _ order: [Int]) throws -> String {
      // A 0 keeps the extent that there is.
      let parts = step.add(
        "Reshape", [try step.name(operand), step.constant([0, 0, heads, channels / heads])])
      return step.add("Transpose", [parts], ["perm": .integers(order)])
    }
    let products = step.add("MatMul", [try split(0, [0, 2, 1, 3]), try split(1, [0, 2, 3, 1])])
    var scores = step.add("Mul", [products, step.constant(scale)])
    if isMasked {
      // Far below all scores where the mask is 0, so that nothing of these places is left.
      let hidden = step.add("Sub", [try step.name(3), step.constant(1)])
      let bias = step.add("Mul", [hidden, step.constant(1e9)])
      scores = step.add("Add", [scores, step.add("Unsqueeze", [bias, step.constant([1, 2])])])
    }
    let weights = step.add("Softmax", [scores], ["axis": .integer(-1)])
    let seen = step.add("MatMul", [weights, try split(2, [0, 2, 1, 3])])
    let rows = step.add("Transpose", [seen], ["perm": .integers([0, 2, 1, 3])])
    return step.add("Reshape", [rows, step.constant([0, 0, channels])])
  }
}

extension MaskedMean: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let mask = try step.name(1)
    let kept = step.add(
      "Mul", [try step.name(0), step.add("Unsqueeze", [mask, step.constant([2])])])
    let sum = step.add("ReduceSum", [kept, step.constant([1])], ["keepdims": .integer(0)])
    let count = step.add("ReduceSum", [mask, step.constant([1])], ["keepdims": .integer(1)])
    return step.add("Div", [sum, step.add("Max", [count, step.constant(1)])])
  }
}
