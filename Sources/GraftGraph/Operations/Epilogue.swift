/// What a convolution or matrix product does to its sums before it stores them, in this order:
/// add a bias per output channel, add a residual, apply an activation.
///
/// Bias and residual are operands after the first two, in this order.
public struct Epilogue: Hashable, Sendable {
  public var hasBias: Bool
  public var hasResidual: Bool
  public var activation: Activation?

  /// What is done, in this order, to a result before it is stored.
  ///
  /// - Parameters:
  ///   - hasBias: Whether an operand (channels) is added.
  ///   - hasResidual: Whether an operand of the result's shape is added.
  ///   - activation: What is applied last; nothing if `nil`.
  public init(hasBias: Bool = false, hasResidual: Bool = false, activation: Activation? = nil) {
    self.hasBias = hasBias
    self.hasResidual = hasResidual
    self.activation = activation
  }

  /// Nothing: the sums are stored as they are.
  public static let none = Epilogue()

  /// How many operands the epilogue adds to the two of its operation.
  public var operandCount: Int { (hasBias ? 1 : 0) + (hasResidual ? 1 : 0) }
  /// The position of the bias among the operands, if there is one.
  public var biasIndex: Int? { hasBias ? 2 : nil }
  /// The position of the residual among the operands, if there is one.
  public var residualIndex: Int? { hasResidual ? (hasBias ? 3 : 2) : nil }

  /// The residual's memory may become the result's.
  var overwrites: [Overwrite] { residualIndex.map { [Overwrite(operand: $0)] } ?? [] }

  func check(_ operands: [TensorType], result: TensorType) throws(GraphError) {
    guard operands.count == 2 + operandCount else {
      throw GraphError("\(2 + operandCount) operands expected, \(operands.count) given")
    }
    let channels = result.shape.extents.last ?? 0
    if let biasIndex, operands[biasIndex].shape != [channels] {
      throw GraphError("bias of shape \(operands[biasIndex].shape) for \(channels) channels")
    }
    if let residualIndex, operands[residualIndex].shape != result.shape {
      throw GraphError(
        "residual of shape \(operands[residualIndex].shape) for a result of \(result.shape)")
    }
  }

  /// The gradient of the sums before bias, residual and activation.
  ///
  /// A fused activation always has a gradient that can be told from the result.
  func gradientOfSums(_ step: BackwardStep) -> Symbol? {
    guard let gradient = step.resultGradient else { return nil }
    guard let activation else { return gradient }
    precondition(activation.gradientUsesResult, "\(activation) must not be fused where it trains")
    return step.builder.apply(ActivationGradient(activation), to: step.results[0], gradient)
  }

  /// The gradient of a bias or residual operand.
  func gradient(ofOperand index: Int, sums: Symbol, in step: BackwardStep) -> Symbol {
    index == residualIndex
      ? sums : step.builder.apply(Sum(to: step.operands[index].shape), to: sums)
  }
}
