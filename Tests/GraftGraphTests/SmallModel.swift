import GraftGraph

/// A network of three convolutions with normalizations and a residual, and a dense head.
///
/// Parameter paths: `a`, `b`, `c` with `.kernel` and `.bn.*`, then `head.kernel`, `head.bias`.
enum SmallModel {
  static let layers = ["a", "b", "c"]

  static func trace(activation: Activation = .relu, dropout: Float = 0.5) throws -> Graph {
    let builder = GraphBuilder()
    var x = builder.input("input", TensorType([2, 8, 8, 4]))
    let seeds = builder.input("seeds", TensorType([2, 2], .int32), kind: .control)
    for name in layers {
      let residual = x
      x = convolution(x, name, builder)
      if name == "c" { x = builder.apply(Combine(.add), to: x, residual) }
      x = builder.apply(Activate(activation), to: x)
      builder.offer(x, as: name)
    }
    x = builder.apply(GlobalPooling(.average), to: x)
    x = builder.apply(Dropout(rate: dropout, stream: 0), to: x, seeds)
    let kernel = parameter("head.kernel", [4, 3], .denseKernel, builder)
    let bias = parameter("head.bias", [3], .bias, builder)
    x = builder.apply(MatrixProduct(epilogue: Epilogue(hasBias: true)), to: x, kernel, bias)
    builder.output(x, as: "output")
    return try builder.finish()
  }

  static let head: Set<ParameterPath> = ["head.kernel", "head.bias"]

  static func all(_ graph: Graph) -> Set<ParameterPath> {
    Set(graph.parameters.filter(\.role.isTrainable).map(\.path))
  }

  /// Adds a mean squared error to a model's output, and its gradients.
  static func differentiated(
    _ graph: Graph, _ trainable: Set<ParameterPath>
  ) throws -> (graph: Graph, gradients: [Value: Value]) {
    let builder = GraphBuilder(extending: graph)
    let output = builder.symbol(graph.outputs["output"]!)
    let targets = builder.input("targets", output.type, kind: .target)
    let weights = builder.input("weights", TensorType([output.shape[0]]), kind: .target)
    let loss = builder.apply(SampleLoss(.meanSquaredError), to: output, targets, weights)
    builder.output(loss, as: "loss")
    let whole = try builder.finish()
    return try whole.differentiated(
      loss.value, withRespectTo: Set(whole.values(of: trainable).values))
  }

  private static func convolution(
    _ x: Symbol, _ name: String, _ builder: GraphBuilder
  ) -> Symbol {
    builder.layer = name
    let kernel = parameter("\(name).kernel", [3, 3, 4, 4], .convolutionKernel, builder)
    let geometry = ConvolutionGeometry(padding: EdgePadding(1))
    let sums = builder.apply(Convolution(geometry), to: x, kernel)
    let roles: [(String, ParameterRole)] = [
      ("weight", .normalizationScale), ("bias", .normalizationShift),
      ("running_mean", .runningMean), ("running_var", .runningVariance),
    ]
    let values = roles.map { parameter("\(name).bn.\($0.0)", [4], $0.1, builder) }
    return builder.apply(BatchNormalization(epsilon: 1e-5), to: [sums] + values)[0]
  }

  private static func parameter(
    _ path: String, _ shape: Shape, _ role: ParameterRole, _ builder: GraphBuilder
  ) -> Symbol {
    builder.parameter(
      Parameter(
        path: ParameterPath(path), type: TensorType(shape), role: role, initializer: .glorotUniform
      ))
  }
}

extension Graph {
  /// How many nodes have an operation of the given type.
  func count<O: Operation>(_ type: O.Type) -> Int {
    nodes.count { $0.operation is O }
  }
}
