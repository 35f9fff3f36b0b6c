public import GraftGraph
import GraftLayers

/// Turns a traced model into the graphs that a device runs: a pure function of model and plan.
public struct GraphPipeline: Sendable {
  /// The parameters that gradients move.
  public var trainable: Set<ParameterPath>
  /// What training makes small.
  public var loss: any Loss
  /// What is counted beside the loss.
  public var metrics: [any Metric]
  /// What normalizations that train normalize by.
  public var statistics: NormalizationStatistics
  /// Multiplies the sum of squares of each trainable kernel, added to the loss (Keras's
  /// `regularizers.l2`); 0 adds nothing.
  public var l2Penalty: Float
  /// Which parameters learn at another rate than the optimizer's.
  public var rates: RateGroups

  /// Graphs in which `trainable` trains, and everything else is frozen.
  public init(
    trainable: Set<ParameterPath>, loss: some Loss, metrics: [any Metric] = [],
    statistics: NormalizationStatistics = .batch, l2Penalty: Float = 0,
    rates: RateGroups = .uniform
  ) {
    self.trainable = trainable
    self.loss = loss
    self.metrics = metrics
    self.statistics = statistics
    self.l2Penalty = l2Penalty
    self.rates = rates
  }

  /// Forward, loss, backward and update in one graph, with the output `loss` and what metrics trace.
  ///
  /// - Parameter targets: What a batch says that the model should give; `targets` of the shape of its
  ///   output if `nil`.
  public func training(
    _ model: Graph, optimizer: Optimizer, targets: Signature? = nil
  ) throws(GraphError) -> Graph {
    var graph = try withLoss(
      model.specializedForTraining(trainable, statistics: statistics), targets)
    graph = try graph.normalizationFolded(trainable: trainable)
      .epiloguesFused(trainable: trainable)
    guard let total = graph.outputs[Self.total] else { return graph }
    let values = graph.values(of: trainable)
    let (extended, gradients) = try graph.differentiated(
      total, withRespectTo: Set(values.values))
    let builder = GraphBuilder(extending: extended)
    var symbols: [ParameterPath: Symbol] = [:]
    for (path, value) in values { symbols[path] = gradients[value].map(builder.symbol) }
    optimizer.addUpdates(
      to: builder, gradients: symbols,
      parameters: graph.parameters.filter { trainable.contains($0.path) }, rates: rates)
    var finished = try builder.finish()
    finished.outputs[Self.total] = nil
    return try finished.hoisted(trainable: trainable)
  }

  /// Forward and loss with nothing random, with the output `loss` and what metrics trace.
  ///
  /// - Parameters:
  ///   - changing: All parameters that training changes, moving statistics included; the others are
  ///     computed with once.
  ///   - targets: What a batch says that the model should give; `targets` of the shape of its output if
  ///     `nil`.
  public func evaluation(
    _ model: Graph, changing: Set<ParameterPath>, targets: Signature? = nil
  ) throws(GraphError) -> Graph {
    var graph = try withLoss(model.specializedForInference(), targets)
    graph.outputs[Self.total] = nil
    return try optimized(graph, changing: changing)
  }

  /// The forward pass alone, with what `reading` makes of the model's outputs and the given endpoints by
  /// their names.
  public func prediction(
    _ model: Graph, changing: Set<ParameterPath> = [], endpoints: [String] = [],
    reading: some OutputReading = PlainOutputs()
  ) throws(GraphError) -> Graph {
    var graph = try model.specializedForInference()
    let builder = GraphBuilder(extending: graph)
    let made = reading.predictions(try outputs(of: graph, builder), in: Scope(builder))
    graph = try builder.finish()
    graph.outputs = [:]
    for (name, symbol) in made.named { graph.outputs[name] = symbol.value }
    for name in endpoints {
      guard let value = graph.endpoints[name] else {
        throw GraphError("the model has no layer '\(name)'")
      }
      graph.outputs[name] = value
    }
    return try optimized(graph, changing: changing)
  }

  /// A forward graph with given outputs, folded, fused and hoisted.
  public func optimized(
    _ graph: Graph, changing: Set<ParameterPath> = []
  ) throws(GraphError) -> Graph {
    try graph.pruned().normalizationFolded(trainable: changing).epiloguesFused(trainable: [])
      .hoisted(trainable: changing)
  }

  /// The name of the loss with penalties, from which gradients start.
  private static let total = "loss.total"

  private func outputs(
    of model: Graph, _ builder: GraphBuilder
  ) throws(GraphError) -> Tensors {
    guard !model.outputs.isEmpty else { throw GraphError("the model has no output") }
    return Tensors(
      model.outputs.sorted { $0.key < $1.key }.map { ($0.key, builder.symbol($0.value)) })
  }

  private func withLoss(_ model: Graph, _ targets: Signature?) throws(GraphError) -> Graph {
    let builder = GraphBuilder(extending: model)
    builder.layer = TensorName.loss
    let outputs = try outputs(of: model, builder)
    let batchSize = outputs.named[0].symbol.shape[0]
    let wanted = if let targets { targets } else { try Self.usualTargets(outputs) }
    var compared = wanted.only(.target).inputs(batchSize: batchSize, of: builder)
    compared.append(
      builder.input(TensorName.weights, TensorType([batchSize]), kind: .target),
      as: TensorName.weights)
    let scope = Scope(builder)
    let value = loss.trace(outputs, compared, in: scope)
    guard value.mean.shape == [1] else {
      throw GraphError(
        "the loss is \(value.mean.shape), but a loss is one number for the whole batch, [1]")
    }
    let meanWeight = builder.input(TensorName.meanWeight, TensorType([1]), kind: .target)
    let total = addPenalties(to: builder.apply(Combine(.multiply), to: value.mean, meanWeight))
    var results = [TensorName.loss: value.mean.value, Self.total: total.value]
    if let weight = value.weight { results[TensorName.lossWeight] = weight.value }
    for metric in metrics {
      for (name, symbol) in metric.trace(outputs, compared, in: scope).named {
        results["\(metric.name).\(name)"] = symbol.value
      }
    }
    var graph = try builder.finish()
    graph.outputs = results
    return graph.pruned()
  }

  /// Targets of the shape of the model's only output.
  private static func usualTargets(_ outputs: Tensors) throws(GraphError) -> Signature {
    guard let output = outputs.ifPresent(TensorName.output) else {
      throw GraphError("the model has no output")
    }
    let shape = Shape(Array(output.shape.extents.dropFirst()))
    return [TensorSpec(TensorName.targets, shape, output.type.elementType, kind: .target)]
  }

  private func addPenalties(to loss: Symbol) -> Symbol {
    guard l2Penalty != 0 else { return loss }
    let builder = loss.builder
    let kernels = builder.graph.parameters.filter {
      trainable.contains($0.path) && $0.role.isKernel
    }
    return kernels.reduce(loss) { sum, parameter in
      let square = builder.apply(SumOfSquares(), to: builder.parameter(parameter))
      return builder.apply(Combine(.add), to: sum, builder.apply(Scale(by: l2Penalty), to: square))
    }
  }
}

extension ParameterRole {
  /// Whether the parameter is a kernel: what weight penalties are for.
  var isKernel: Bool {
    switch self {
    case .convolutionKernel, .depthwiseKernel, .denseKernel, .flattenedDenseKernel: true
    default: false
    }
  }
}
