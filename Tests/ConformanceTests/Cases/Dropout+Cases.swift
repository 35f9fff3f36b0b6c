import GraftGraph

extension OperationCase {
  static let dropouts: [OperationCase] = [
    drop(0.5, stream: 0, [1], (0, 0)),
    drop(0.2, stream: 1, [5, 7], (42, 0)),
    drop(0.9, stream: 7, [3, 31, 33], (-1, 5)),
    drop(0, stream: 2, [33], (3, 4)),
    drop(0.4, stream: 5, [9, 64], (11, -12)),
    drop(0.3, stream: 1_000_003, [2, 17, 13, 9], (.max, .min)),
    // Ranges of threads and runs of work-items begin and end within samples.
    drop(0.6, stream: 4, [3, 4, 5504], (99, 100)),
    drop(0.999, stream: 3, [1, 5001], (123_456_789, -987_654_321)),
    drop(0.25, stream: 0, [3, 5], (7, 8), differentiating: [0]),
  ]

  private static func drop(
    _ rate: Float, stream: Int, _ shape: Shape, _ seed: (Int32, Int32),
    differentiating: [Int] = []
  ) -> OperationCase {
    // No element is zero by itself: the zeros of the result are the mask.
    OperationCase(
      Dropout(rate: rate, stream: stream),
      [Operand(shape, .uniform(0.5...1)), .seeds(seed.0, seed.1, samples: shape[0])],
      differentiating: differentiating)
  }
}
