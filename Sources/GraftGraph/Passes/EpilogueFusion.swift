extension Graph {
  /// Moves a residual sum and an activation into the convolution or matrix product before them.
  ///
  /// Where a gradient will flow, only an activation whose gradient can be told from its result is
  /// moved: the others need the sums, which a fused operation doesn't keep.
  ///
  /// - Parameter trainable: The parameters that will get gradients.
  public func epiloguesFused(trainable: Set<ParameterPath>) throws(GraphError) -> Graph {
    try residualsFused().activationsFused(trainable)
  }

  private func residualsFused() throws(GraphError) -> Graph {
    let uses = useCounts()
    return try rewritten { index, operands, builder in
      guard let combine = nodes[index].operation as? Combine, combine.function == .add,
        operands[0].shape == operands[1].shape, operands[0].value != operands[1].value
      else { return nil }
      for (position, value) in nodes[index].operands.enumerated() where uses[value] == 1 {
        let residual = operands[1 - position]
        if let fused = extend(
          operands[position], with: residual, builder, { $0.addResidual() })
        {
          return [fused]
        }
      }
      return nil
    }.pruned()
  }

  private func activationsFused(_ trainable: Set<ParameterPath>) throws(GraphError) -> Graph {
    let uses = useCounts()
    let trains = nodesDepending(on: Set(values(of: trainable).values))
    return try rewritten { index, operands, builder in
      guard let activate = nodes[index].operation as? Activate,
        uses[nodes[index].operands[0]] == 1,
        activate.activation.gradientUsesResult || !trains[index]
      else { return nil }
      return extend(operands[0], with: nil, builder) { $0.setActivation(activate.activation) }
        .map { [$0] }
    }.pruned()
  }

  /// The operation that made `symbol`, with a larger epilogue; `nil` if it can't have one.
  private func extend(
    _ symbol: Symbol, with operand: Symbol?, _ builder: GraphBuilder,
    _ change: (inout Epilogue) -> Bool
  ) -> Symbol? {
    let node = builder.graph[symbol.value]
    builder.layer = node.layer
    let operands = node.operands.map(builder.symbol) + (operand.map { [$0] } ?? [])
    switch node.operation {
    case var convolution as Convolution:
      return change(&convolution.epilogue) ? builder.apply(convolution, to: operands)[0] : nil
    case var product as MatrixProduct:
      return change(&product.epilogue) ? builder.apply(product, to: operands)[0] : nil
    default: return nil
    }
  }
}

extension Epilogue {
  /// Adds a residual; `false` if there is no room for one.
  fileprivate mutating func addResidual() -> Bool {
    guard !hasResidual, activation == nil else { return false }
    hasResidual = true
    return true
  }

  /// Adds an activation; `false` if there is one.
  fileprivate mutating func setActivation(_ new: Activation) -> Bool {
    guard activation == nil else { return false }
    activation = new
    return true
  }
}
