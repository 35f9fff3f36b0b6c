extension Graph {
  /// Folds each frozen batch normalization into the frozen convolution or matrix product before it.
  ///
  /// kernel' = kernel · scale and bias' = beta + (bias - mean) · scale, with scale = gamma /
  /// √(variance + epsilon): nodes over frozen parameters, which hoisting then computes once.
  ///
  /// - Parameter trainable: The parameters that change; all others are frozen.
  public func normalizationFolded(trainable: Set<ParameterPath>) throws(GraphError) -> Graph {
    let uses = useCounts()
    let changes = nodesDepending(on: Set(changingSources(trainable)))
    return try rewritten { index, operands, builder in
      guard let normalization = nodes[index].operation as? BatchNormalization else { return nil }
      let producer = nodes[index].operands[0]
      guard uses[producer] == 1, endpointIsFree(producer),
        !nodes[index].operands.dropFirst().contains(where: { changes[$0.node] }),
        !self[producer].operands.dropFirst().contains(where: { changes[$0.node] })
      else { return nil }
      return normalization.fold(into: self[producer], operands, builder)
    }.pruned()
  }

  /// Everything that may differ from one run to the next.
  func changingSources(_ trainable: Set<ParameterPath>) -> [Value] {
    let assigned = Set(assignments.map(\.parameter))
    return nodes.indices.compactMap { index in
      switch nodes[index].source {
      case .input: Value(node: index)
      case .parameter(let path) where trainable.contains(path) || assigned.contains(path):
        Value(node: index)
      default: nil
      }
    }
  }

  /// Whether no output of the graph reads `value` itself.
  private func endpointIsFree(_ value: Value) -> Bool { !outputs.values.contains(value) }
}

extension BatchNormalization {
  /// The folded convolution or product, or `nil` if `producer` is neither or does more than sum.
  ///
  /// The producer was copied into the new graph already; there its node gives its operands.
  fileprivate func fold(
    into producer: Node, _ operands: [Symbol], _ builder: GraphBuilder
  ) -> [Symbol]? {
    builder.layer = producer.layer
    let copied = builder.graph[operands[0].value]
    let sources = copied.operands.map(builder.symbol)
    let (gamma, beta, mean, variance) = (operands[1], operands[2], operands[3], operands[4])
    func folded(_ epilogue: Epilogue) -> [Symbol]? {
      guard !epilogue.hasResidual, epilogue.activation == nil else { return nil }
      let scale = builder.apply(NormalizationScale(epsilon: epsilon), to: gamma, variance)
      let centre = epilogue.hasBias ? builder.apply(Combine(.subtract), to: mean, sources[2]) : mean
      let shift = builder.apply(
        Combine(.subtract), to: beta, builder.apply(Combine(.multiply), to: centre, scale))
      let kernel = builder.apply(Combine(.multiply), to: sources[1], scale)
      return [sources[0], kernel, shift]
    }
    switch producer.operation {
    case let convolution as Convolution:
      let operation = Convolution(convolution.geometry, epilogue: Epilogue(hasBias: true))
      return folded(convolution.epilogue).map { builder.apply(operation, to: $0) }
    case let product as MatrixProduct where !product.transposesRight:
      var operation = product
      operation.epilogue = Epilogue(hasBias: true)
      return folded(product.epilogue).map { builder.apply(operation, to: $0) }
    default: return nil
    }
  }
}
