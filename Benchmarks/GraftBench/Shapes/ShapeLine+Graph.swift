import Graft

extension ShapeLine {
  /// The distinct operations of a network, as they run when it predicts, and the normalizations as
  /// they run when everything trains.
  static func all(of model: Model) throws -> [ShapeLine] {
    let trace = try model.trace(batchSize: 1)
    let prediction = try GraphPipeline(trainable: [], loss: .crossEntropy)
      .prediction(trace, reading: OutputActivation.softmax)
    let training = try trace.specializedForTraining(
      Set(trace.parameters.map(\.path)), statistics: .batch)
    let lines =
      prediction.nodes.compactMap { line(of: $0, in: prediction) }
      + training.nodes.compactMap { node in
        node.operation is BatchNormalizationTraining
          ? ShapeLine(.normalization, [sample(training.type(of: node.operands[0]))]) : nil
      }
    var counts: [ShapeLine: Int] = [:]
    for line in lines { counts[line, default: 0] += 1 }
    var distinct: [ShapeLine] = []
    for var line in lines {
      guard let count = counts.removeValue(forKey: line) else { continue }
      line.times = count
      distinct.append(line)
    }
    return distinct
  }

  private static func line(of node: Node, in graph: Graph) -> ShapeLine? {
    let operands = node.operands.map(graph.type(of:))
    switch node.operation {
    case let convolution as Convolution:
      let kernel = operands[1].shape
      var line = ShapeLine(
        .convolution, [sample(operands[0]), [kernel[0], kernel[1], kernel[3]]])
      line.set(convolution.geometry.strides, convolution.geometry.padding)
      line.set("groups", convolution.geometry.groups, unless: 1)
      line.set(convolution.epilogue)
      return line
    case let product as MatrixProduct:
      var line = ShapeLine(.product, [sample(operands[0]), sample(node.results[0])])
      line.set(product.epilogue)
      return line
    case let pooling as Pooling:
      var line = ShapeLine(
        pooling.kind == .maximum ? .maximum : .average,
        [sample(operands[0]), [pooling.window.height, pooling.window.width]])
      line.set(pooling.strides, pooling.padding)
      if pooling.roundsUp { line.options["ceil"] = "" }
      return line
    case let pooling as GlobalPooling where pooling.kind == .average:
      return ShapeLine(.globalAverage, [sample(operands[0])])
    default: return nil
    }
  }

  private static func sample(_ type: TensorType) -> [Int] { Array(type.shape.extents.dropFirst()) }

  private mutating func set(_ strides: Extent2D, _ padding: EdgePadding) {
    set("stride", strides.height, unless: 1)
    if padding == EdgePadding(padding.top) {
      set("padding", padding.top, unless: 0)
    } else {
      let sides = [padding.top, padding.bottom, padding.left, padding.right]
      options["padding"] = sides.map(String.init).joined(separator: ",")
    }
  }

  private mutating func set(_ epilogue: Epilogue) {
    if epilogue.hasResidual { options["residual"] = "" }
    if let activation = epilogue.activation { options["activation"] = "\(activation)" }
  }

  private mutating func set(_ name: String, _ value: Int, unless usual: Int) {
    if value != usual { options[name] = "\(value)" }
  }
}
