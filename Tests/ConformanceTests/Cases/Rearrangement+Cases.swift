import GraftGraph

extension OperationCase {
  static let rearrangements: [OperationCase] = concatenations + slices + paddings

  private static let concatenations: [OperationCase] = [
    joined(axis: 0, [[1]]),
    joined(axis: 0, [[3], [5], [1]]),
    joined(axis: 1, [[2, 3], [2, 5], [2, 1], [2, 7]]),
    joined(axis: 3, [[2, 5, 7, 3], [2, 5, 7, 8]], differentiating: true),
    joined(axis: 3, [[1, 7, 5, 16], [1, 7, 5, 32], [1, 7, 5, 1], [1, 7, 5, 33]]),
    joined(axis: 3, Array(repeating: [2, 3, 3, 5], count: 9)),
    joined(axis: 1, [[2, 3, 5, 4], [2, 1, 5, 4]], differentiating: true),
    joined(axis: 0, [[2, 3, 5, 7], [1, 3, 5, 7], [3, 3, 5, 7]], differentiating: true),
    joined(axis: 2, [[1, 3, 5, 6], [1, 3, 2, 6], [1, 3, 1, 6]]),
    // One tensor twice.
    OperationCase(
      Concatenation(axis: 1), [Operand([5, 3]), Operand([5, 3])], aliases: [1: 0]),
  ]

  private static let slices: [OperationCase] = [
    cut([7], at: [3], to: [1]),
    cut([5, 9], at: [0, 0], to: [5, 9]),
    cut([5, 9], at: [2, 4], to: [3, 5], differentiating: true),
    cut([2, 7, 5, 33], at: [0, 0, 0, 16], to: [2, 7, 5, 17]),
    cut([3, 6, 5, 4], at: [1, 2, 0, 1], to: [1, 3, 5, 2], differentiating: true),
    cut([2, 3, 31, 8], at: [1, 1, 13, 0], to: [1, 2, 17, 8]),
    cut([2, 2, 3, 2, 5], at: [0, 1, 1, 0, 3], to: [2, 1, 2, 2, 2]),
  ]

  private static let paddings: [OperationCase] = [
    padded([1], [1], [2], value: -3),
    padded([5, 3], [0, 0], [0, 0]),
    padded([5, 3], [1, 0], [2, 3], differentiating: true),
    padded([2, 7, 5, 3], [0, 1, 1, 0], [0, 1, 1, 0]),
    padded([2, 6, 7, 16], [0, 0, 0, 0], [0, 1, 1, 0], value: -.greatestFiniteMagnitude),
    padded([1, 3, 4, 5], [1, 2, 0, 3], [0, 3, 1, 1], value: 0.5, differentiating: true),
    padded([2, 1, 2, 3, 4], [1, 0, 1, 0, 2], [0, 2, 0, 1, 1]),
  ]

  /// Other shapes over the same memory: no work for a device, but with a gradient.
  static let reshapings: [OperationCase] = [
    OperationCase(Reshape(to: [30]), [Operand([2, 3, 5])], differentiating: [0]),
    OperationCase(Reshape(to: [2, 60]), [Operand([2, 3, 5, 4])], differentiating: [0]),
  ]

  private static func joined(
    axis: Int, _ shapes: [Shape], differentiating: Bool = false
  ) -> OperationCase {
    OperationCase(
      Concatenation(axis: axis), shapes.map { Operand($0) },
      differentiating: differentiating ? Array(shapes.indices) : [])
  }

  private static func cut(
    _ whole: Shape, at starts: [Int], to shape: Shape, differentiating: Bool = false
  ) -> OperationCase {
    OperationCase(
      Slice(starts: starts, shape: shape), [Operand(whole)],
      differentiating: differentiating ? [0] : [])
  }

  private static func padded(
    _ shape: Shape, _ before: [Int], _ after: [Int], value: Float = 0,
    differentiating: Bool = false
  ) -> OperationCase {
    OperationCase(
      Padding(before: before, after: after, value: value), [Operand(shape)],
      differentiating: differentiating ? [0] : [])
  }
}
