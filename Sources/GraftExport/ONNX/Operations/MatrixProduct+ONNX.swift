public import GraftGraph
import GraftWeights

extension MatrixProduct: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    if step.type(0).shape.rank > 2 { return try addRowsOfSequences(in: step) }
    var left = try step.name(0)
    let right: String
    var transposesRight = transposesRight
    switch step.parameter(1) {
    case let kernel? where kernel.role == .denseKernel:
      // PyTorch's layout is the other way round.
      right = try step.name(1)
      transposesRight.toggle()
    case let kernel?:
      // PyTorch's layout of a kernel behind an image goes with channels-first elements.
      if !transposesLeft, let image = step.flattenedImage(0) {
        left = step.add("Flatten", [image], ["axis": .integer(1)])
        right = try step.name(1)
        transposesRight.toggle()
      } else {
        right = step.builder.name(of: kernel, .graft)
      }
    case nil: right = try step.name(1)
    }
    var inputs = [left, right]
    if let bias = epilogue.biasIndex { inputs.append(try step.name(bias)) }
    let product = step.add(
      "Gemm", inputs,
      ["transA": .integer(transposesLeft ? 1 : 0), "transB": .integer(transposesRight ? 1 : 0)])
    return try epilogue.finish(product, in: step)
  }
}

extension MatrixProduct {
  /// The product of all rows of a batch of sequences.
  fileprivate func addRowsOfSequences(in step: ONNXStep) throws -> String {
    var right = try step.name(1)
    // PyTorch's layout of a dense kernel is the other way round.
    let isTransposed = step.parameter(1)?.role == .denseKernel
    if isTransposed != transposesRight {
      right = step.add("Transpose", [right], ["perm": .integers([1, 0])])
    }
    var product = step.add("MatMul", [try step.name(0), right])
    if let bias = epilogue.biasIndex { product = step.add("Add", [product, try step.name(bias)]) }
    return try epilogue.finish(product, in: step)
  }
}

extension ONNXStep {
  /// The image that an operand is nothing but another shape of.
  fileprivate func flattenedImage(_ operand: Int) -> String? {
    let source = builder.graph[node.operands[operand]]
    guard source.operation is Reshape, builder.graph.type(of: source.operands[0]).shape.rank == 4
    else { return nil }
    return try? builder.name(of: source.operands[0])
  }
}
