import GraftGraph

extension OperationCase {
  private static let shapes: [Shape] = [[1], [7], [33, 5], [3, 3, 16, 17], [70_001]]

  static let optimizerUpdates: [OperationCase] = shapes.flatMap { shape in
    [
      descend(SGDUpdate(), shape),
      descend(SGDUpdate(weightDecay: 0.01), shape),
      descend(SGDUpdate(momentum: 0.9), shape),
      descend(SGDUpdate(momentum: 0.9, weightDecay: 5e-4), shape),
      descend(SGDUpdate(momentum: 0.8, isNesterov: true, weightDecay: 1e-4), shape),
      adapt(AdamUpdate(), shape),
      adapt(AdamUpdate(beta1: 0.8, beta2: 0.99, epsilon: 1e-7, weightDecay: 0.01), shape),
      adapt(AdamUpdate(weightDecay: 0.05, isDecoupled: true), shape),
      // A parameter that never had a gradient stays where it is.
      adapt(AdamUpdate(), shape, gradient: .repeating([0]), moments: .repeating([0])),
    ]
  }

  private static func descend(_ update: SGDUpdate, _ shape: Shape) -> OperationCase {
    let rate = Operand([1], .repeating([0.1]))
    let operands = [Operand(shape), Operand(shape), rate]
    return OperationCase(update, update.momentum == 0 ? operands : operands + [Operand(shape)])
  }

  private static func adapt(
    _ update: AdamUpdate, _ shape: Shape, gradient: Operand.Values = .uniform(-1...1),
    moments: Operand.Values = .uniform(0...0.5)
  ) -> OperationCase {
    OperationCase(
      update,
      [
        Operand(shape), Operand(shape, gradient), Operand([1], .repeating([0.01])),
        Operand([2], .repeating([0.271, 0.002_997])), Operand(shape, moments),
        Operand(shape, moments),
      ])
  }
}
