import GraftGraph

/// The web of a network of Graft's, and which parameters each layer has.
struct NetworkLayers {
  /// The parameters of one layer of the web, with those of the normalization right behind it.
  struct Parameters {
    var kernel: ParameterPath?
    var bias: ParameterPath?
    var normalization: Normalization?
    /// What each channel is multiplied by after that.
    var scale: ParameterPath?
  }

  struct Normalization {
    /// Scale, shift, mean and variance.
    var paths: [ParameterPath]
    var channelCount: Int
    var epsilon: Float
  }

  private(set) var web = LayerWeb()
  private(set) var parameters: [Parameters] = []
  private let graph: Graph
  private var readerCounts: [Value: Int] = [:]

  /// - Parameter graph: As it predicts, before anything is folded.
  init(_ graph: Graph) {
    self.graph = graph
    for node in graph.nodes {
      for operand in node.operands { readerCounts[operand, default: 0] += 1 }
    }
    for value in graph.outputs.values { readerCounts[value, default: 0] += 1 }
    for (index, node) in graph.nodes.enumerated() { add(node, Value(node: index)) }
  }

  private mutating func add(_ node: Node, _ result: Value) {
    switch node.source {
    case .input(_, let kind):
      if kind == .sample { web.addInput(name(result)) }
    case .operation(let operation): add(operation, node.operands, result)
    case .parameter, .constant: break
    }
  }

  private mutating func add(_ operation: any Operation, _ operands: [Value], _ result: Value) {
    switch operation {
    case let convolution as Convolution:
      guard let kernel = path(operands[1]) else { break }
      let shape = graph.type(of: operands[1]).shape
      add(
        LayerWeb.Layer(
          shape: [shape[3], shape[2], shape[0], shape[1]], steps: convolution.geometry.steps,
          padding: padding(convolution.geometry, operands[0])),
        kernel, convolution.epilogue.biasIndex.flatMap { path(operands[$0]) }, operands[0], result)
    case let product as MatrixProduct:
      guard let kernel = path(operands[1]) else { break }
      let shape = graph.type(of: operands[1]).shape
      add(
        LayerWeb.Layer(
          shape: [shape[1], shape[0], 1, 1], steps: ConvolutionGeometry().steps, padding: nil),
        kernel, product.epilogue.biasIndex.flatMap { path(operands[$0]) }, operands[0], result)
    case let normalization as BatchNormalization:
      add(normalization, operands, result)
    case is LayerNormalization:
      guard let gamma = path(operands[1]), let beta = path(operands[2]) else { break }
      add(
        LayerWeb.Layer(shape: channels(operands[1]), steps: LayerWeb.Layer.normalizationOfRows),
        gamma, beta, operands[0], result)
    case let combination as Combine where combination.function == .multiply:
      guard let scale = path(operands[1]) else { fallthrough }
      add(scale: scale, channels(operands[1]), operands[0], result)
    case is Concatenation:
      web.concatenate(operands.map(name), to: name(result))
    default:
      web.connect(operands.map(name), to: name(result))
    }
  }

  private mutating func add(
    _ layer: LayerWeb.Layer, _ kernel: ParameterPath, _ bias: ParameterPath?, _ input: Value,
    _ result: Value
  ) {
    _ = web.add(layer, reading: name(input), giving: name(result))
    parameters.append(Parameters(kernel: kernel, bias: bias))
  }

  private mutating func add(
    _ normalization: BatchNormalization, _ operands: [Value], _ result: Value
  ) {
    let paths = operands[1...].compactMap(path)
    guard paths.count == 4, let channelCount = graph.type(of: operands[1]).shape.extents.last else {
      return
    }
    let described = Normalization(
      paths: paths, channelCount: channelCount, epsilon: normalization.epsilon)
    if let layer = web.producer(of: name(operands[0])), readerCounts[operands[0]] == 1,
      parameters[layer].normalization == nil
    {
      parameters[layer].normalization = described
      web.extend(layer, to: name(result))
    } else {
      _ = web.add(
        LayerWeb.Layer(shape: [channelCount]), reading: name(operands[0]), giving: name(result))
      parameters.append(Parameters(normalization: described))
    }
  }

  private mutating func add(
    scale: ParameterPath, _ channels: [Int], _ input: Value, _ result: Value
  ) {
    if let layer = web.producer(of: name(input)), readerCounts[input] == 1,
      parameters[layer].normalization == nil, parameters[layer].scale == nil
    {
      parameters[layer].scale = scale
      web.extend(layer, to: name(result))
    } else {
      _ = web.add(LayerWeb.Layer(shape: channels), reading: name(input), giving: name(result))
      parameters.append(Parameters(scale: scale))
    }
  }

  private func channels(_ vector: Value) -> [Int] { [graph.type(of: vector).shape.count] }

  /// Marks the layers whose kernels a file has by name.
  mutating func hint(by names: Set<String>) {
    for (index, layer) in parameters.enumerated() {
      if let kernel = layer.kernel?.description, names.contains(kernel) { web.hint(index, kernel) }
    }
  }

  private func name(_ value: Value) -> String { "\(value.node).\(value.result)" }

  /// The parameter that a value is, or is a view of.
  private func path(_ value: Value) -> ParameterPath? {
    var value = value
    while graph[value].operation is Reshape { value = graph[value].operands[0] }
    return graph.parameterPath(of: value)
  }

  private func padding(_ geometry: ConvolutionGeometry, _ input: Value) -> [Int]? {
    guard !(graph[input].operation is Padding) else { return nil }
    let edges = geometry.padding
    return [edges.top, edges.left, edges.bottom, edges.right]
  }
}

extension ConvolutionGeometry {
  fileprivate var steps: [Int] {
    [strides.height, strides.width, dilation.height, dilation.width, groups]
  }
}
