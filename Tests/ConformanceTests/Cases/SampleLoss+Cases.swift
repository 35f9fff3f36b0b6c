import GraftGraph

extension OperationCase {
  private static let kinds: [SampleLoss.Kind] = [
    .softmaxCrossEntropy(smoothing: 0), .softmaxCrossEntropy(smoothing: 0.1),
    .binaryCrossEntropy, .meanSquaredError,
  ]

  static let losses: [OperationCase] = kinds.flatMap { kind in
    batches(for: kind).map { OperationCase(SampleLoss(kind), $0) }
  }

  static let lossGradients: [OperationCase] = kinds.flatMap { kind in
    batches(for: kind).map {
      OperationCase(SampleLossGradient(kind), $0 + [Operand([1], .uniform(0.5...2))])
    }
  }

  static let differentiatedLosses: [OperationCase] = kinds.map { kind in
    OperationCase(
      SampleLoss(kind),
      [Operand([4, 5], .uniform(-3...3)), targets([4, 5], kind), Operand([4], .uniform(0...2))],
      differentiating: [0])
  }

  static let softmaxes: [OperationCase] =
    softmaxOperands.map { OperationCase(Softmax(), [$0]) }
    + softmaxOperands.map { x in
      let softmax = Operand.Values.probabilities
      return OperationCase(
        SoftmaxGradient(), [Operand(x.type.shape, softmax), Operand(x.type.shape)])
    } + [
      OperationCase(Softmax(), [Operand([3, 5], .uniform(-3...3))], differentiating: [0])
    ]

  private static let softmaxOperands: [Operand] = [
    Operand([1, 1]), Operand([3, 1]), Operand([2, 7], .uniform(-5...5)), Operand([5]),
    Operand([33, 17], .uniform(-5...5)), Operand([3, 1000], .uniform(-5...5)),
    Operand([2, 3, 5, 31]), Operand([4, 33], .uniform(-1e4...1e4)),
    Operand([3, 9], .uniform(-3e38...(-1e38))),
  ]

  /// Predictions, targets and sample weights.
  private static func batches(for kind: SampleLoss.Kind) -> [[Operand]] {
    let sizes: [Shape] = [[1, 1], [1, 5], [7, 3], [33, 17], [3, 1000], [5, 31]]
    let plain = sizes.map { shape in
      [
        Operand(shape, .uniform(-4...4)), targets(shape, kind),
        Operand([shape[0]], .uniform(0.1...2)),
      ]
    }
    let shape: Shape = [6, 5]
    return plain + [
      // Logits that overflow an exponential.
      [
        Operand(shape, .repeating([1e4, -1e4, 90, 0, -90, 500, 100])), targets(shape, kind),
        Operand([6], .uniform(0.1...2)),
      ],
      // Targets that are not probabilities.
      [Operand(shape), Operand(shape, .uniform(0...1)), Operand([6], .repeating([0.5]))],
      // The samples that fill up the last batch: whatever they hold leaves no trace.
      [
        Operand(shape, .repeating([0.5, -1, 2, 0.3, -0.2, .nan, .infinity, .nan, 1, .nan])),
        targets(shape, kind), Operand([6], .repeating([1, 0])),
      ],
      [Operand(shape), targets(shape, kind), Operand([6], .repeating([0]))],
    ]
  }

  private static func targets(_ shape: Shape, _ kind: SampleLoss.Kind) -> Operand {
    switch kind {
    case .softmaxCrossEntropy: Operand(shape, .probabilities)
    case .binaryCrossEntropy: Operand(shape, .repeating([0, 1, 1, 0, 0.3]))
    case .meanSquaredError: Operand(shape)
    }
  }
}
