public import GraftGraph
import GraftWeights

extension LayerNormalization: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let isImage = step.resultType.shape.rank == 4
    var value = try step.name(0)
    if isImage { value = step.add("Transpose", [value], ["perm": .integers([0, 2, 3, 1])]) }
    value = step.add(
      "LayerNormalization", [value, try step.name(1), try step.name(2)],
      ["axis": .integer(-1), "epsilon": .float(epsilon)])
    return isImage ? step.add("Transpose", [value], ["perm": .integers([0, 3, 1, 2])]) : value
  }
}
