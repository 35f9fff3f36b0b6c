public import GraftGraph

/// The names by which training code and graphs know inputs and outputs.
public enum TensorName {
  /// The samples: (N, height, width, channels).
  public static let input = "input"
  /// What the model gives for them.
  public static let output = "output"
  /// What it should give: (N, K).
  public static let targets = "targets"
  /// How much each sample counts: (N).
  public static let weights = "weights"
  /// The mean of the samples' weights, of those that are not 0: (1). Gradients are those of the loss times
  /// it, so that a heavy sample moves parameters as much in a batch of heavy samples as in one of light
  /// ones.
  public static let meanWeight = "weights.mean"
  /// What the dropouts of each sample follow from: (N, 2), Int32.
  public static let seeds = "seeds"
  /// The weighted mean loss of the batch, without penalties.
  public static let loss = "loss"
  /// What the loss is computed from: logits, or predictions for squared errors.
  public static let scores = "scores"
  /// Probabilities, or predictions for squared errors.
  public static let predictions = "predictions"
}

/// Turns a traced model into the graphs that a device runs: a pure function of model and plan.
public struct GraphPipeline: Sendable {
  /// The parameters that gradients move.
  public var trainable: Set<ParameterPath>
  /// What training makes small.
  public var loss: Loss
  /// What normalizations that train normalize by.
  public var statistics: NormalizationStatistics
  /// Multiplies the sum of squares of each trainable kernel, added to the loss (Keras's
  /// `regularizers.l2`); 0 adds nothing.
  public var l2Penalty: Float
  /// Which parameters learn at another rate than the optimizer's.
  public var rates: RateGroups

  /// Graphs in which `trainable` trains, and everything else is frozen.
  public init(
    trainable: Set<ParameterPath>, loss: Loss, statistics: NormalizationStatistics = .batch,
    l2Penalty: Float = 0, rates: RateGroups = .uniform
  ) {
    self.trainable = trainable
    self.loss = loss
    self.statistics = statistics
    self.l2Penalty = l2Penalty
    self.rates = rates
  }

  /// Forward, loss, backward and update in one graph, with outputs `loss` and `scores`.
  public func training(_ model: Graph, optimizer: Optimizer) throws(GraphError) -> Graph {
    var graph = try withLoss(model.specializedForTraining(trainable, statistics: statistics))
    graph = try graph.normalizationFolded(trainable: trainable)
      .epiloguesFused(trainable: trainable)
    guard let total = graph.outputs[Self.total] else { return graph }
    let targets = graph.values(of: trainable)
    let (extended, gradients) = try graph.differentiated(
      total, withRespectTo: Set(targets.values))
    let builder = GraphBuilder(extending: extended)
    var symbols: [ParameterPath: Symbol] = [:]
    for (path, value) in targets { symbols[path] = gradients[value].map(builder.symbol) }
    optimizer.addUpdates(
      to: builder, gradients: symbols,
      parameters: graph.parameters.filter { trainable.contains($0.path) }, rates: rates)
    var finished = try builder.finish()
    finished.outputs[Self.total] = nil
    return try finished.hoisted(trainable: trainable)
  }

  /// Forward and loss with nothing random, with outputs `loss` and `scores`.
  ///
  /// - Parameter changing: All parameters that training changes, moving statistics included; the
  ///   others are computed with once.
  public func evaluation(
    _ model: Graph, changing: Set<ParameterPath>
  ) throws(GraphError) -> Graph {
    var graph = try withLoss(model.specializedForInference())
    graph.outputs[Self.total] = nil
    return try optimized(graph, changing: changing)
  }

  /// The forward pass alone, with output `predictions` and the given endpoints by their names.
  public func prediction(
    _ model: Graph, changing: Set<ParameterPath> = [], endpoints: [String] = []
  ) throws(GraphError) -> Graph {
    var graph = try model.specializedForInference()
    guard let output = graph.outputs[TensorName.output] else {
      throw GraphError("the model has no output")
    }
    let builder = GraphBuilder(extending: graph)
    let predictions = loss.predictions(of: builder.symbol(output)).value
    graph = try builder.finish()
    graph.outputs = [TensorName.predictions: predictions]
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

  private func withLoss(_ model: Graph) throws(GraphError) -> Graph {
    guard let output = model.outputs[TensorName.output] else {
      throw GraphError("the model has no output")
    }
    let builder = GraphBuilder(extending: model)
    builder.layer = TensorName.loss
    let scores = loss.scores(of: builder.symbol(output))
    let targets = builder.input(TensorName.targets, scores.type, kind: .target)
    let weights = builder.input(
      TensorName.weights, TensorType([scores.shape[0]]), kind: .target)
    let value = builder.apply(loss.sampleLoss, to: scores, targets, weights)
    let meanWeight = builder.input(TensorName.meanWeight, TensorType([1]), kind: .target)
    let total = addPenalties(to: builder.apply(Combine(.multiply), to: value, meanWeight))
    var graph = try builder.finish()
    graph.outputs = [
      TensorName.loss: value.value, TensorName.scores: scores.value, Self.total: total.value,
    ]
    return graph.pruned()
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
