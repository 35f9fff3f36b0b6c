public import GraftGraph
import GraftWeights

extension Reshape: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let old = step.type(0).shape
    if step.parameter(0)?.role == .denseKernel, shape == [1, 1, old[0], old[1]] {
      // A dense kernel as one of a convolution: both have their outputs first in PyTorch's layout.
      return step.add("Reshape", [try step.name(0), step.constant([old[1], old[0], 1, 1])])
    }
    if shape.rank == 1, old.rank < 4 {
      return step.add("Reshape", [try step.name(0), step.constant([-1])])
    }
    if let extents = sequenceExtents(from: old, length: step.sequenceLength) {
      return step.add("Reshape", [try step.name(0), step.constant(extents)])
    }
    guard old[0] == step.batchSize, shape[0] == step.batchSize else {
      throw step.refusal("it changes the number of samples (\(old) to \(shape))")
    }
    var value = try step.name(0)
    if old.rank == 4, old[1] * old[2] > 1, old[3] > 1 {
      value = step.add("Transpose", [value], ["perm": .integers([0, 2, 3, 1])])
    }
    let sample = Array(shape.extents.dropFirst())
    // Where height and width are 1, both orders of axes are one.
    let isImage = shape.rank == 4 && sample[0] * sample[1] > 1
    let extents = shape.rank == 4 && !isImage ? [sample[2], 1, 1] : sample
    value = step.add("Reshape", [value, step.constant([-1] + extents)])
    return isImage ? step.add("Transpose", [value], ["perm": .integers([0, 3, 1, 2])]) : value
  }
}

extension Reshape {
  /// The new extents where a sequence of any length is made a row or the other way round; 0 keeps the
  /// number of samples.
  private func sequenceExtents(from old: Shape, length: Int?) -> [Int]? {
    guard let length, old[0] == shape[0] else { return nil }
    if shape.rank == 3, old.rank == 2, shape[1] == length { return [0, -1, shape[2]] }
    if shape.rank == 2, old.rank == 3, old[1] == length { return [0, -1] }
    return nil
  }
}

extension Concatenation: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    guard axis > 0 else { throw step.refusal("it joins samples") }
    let axis = step.axis(axis, ofRank: step.resultType.shape.rank)
    let operands = try (0..<step.operandCount).map(step.name)
    return step.add("Concat", operands, ["axis": .integer(axis)])
  }
}

extension Slice: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    let whole = step.type(0).shape
    if step.parameter(0)?.role == .embedding, shape[0] == step.sequenceLength {
      return try addPositions(in: step)
    }
    let cut = starts.indices.filter { shape[$0] != whole[$0] }
    guard !cut.contains(0) else { throw step.refusal("it takes some samples out of a batch") }
    guard !cut.isEmpty else { return try step.name(0) }
    return step.add(
      "Slice",
      [
        try step.name(0), step.constant(cut.map { starts[$0] }),
        step.constant(cut.map { starts[$0] + shape[$0] }),
        step.constant(cut.map { step.axis($0, ofRank: whole.rank) }),
      ])
  }
}

extension Slice {
  /// The rows of a table for the places of a sequence, of as many as there are.
  fileprivate func addPositions(in step: ONNXStep) throws -> String {
    let length = step.sequenceLengthName()
    let end = step.add("Add", [length, step.constant([starts[0]])])
    return step.add(
      "Slice", [try step.name(0), step.constant([starts[0]]), end, step.constant([0])])
  }
}

extension Padding: ONNXOperation {
  public func addNodes(in step: ONNXStep) throws -> String {
    guard before[0] == 0, after[0] == 0 else { throw step.refusal("it adds samples to a batch") }
    let rank = before.count
    var counts = Array(repeating: 0, count: 2 * rank)
    for axis in 0..<rank {
      let place = step.axis(axis, ofRank: rank)
      (counts[place], counts[rank + place]) = (before[axis], after[axis])
    }
    return step.add(
      "Pad", [try step.name(0), step.constant(counts), step.constant(value)])
  }
}
