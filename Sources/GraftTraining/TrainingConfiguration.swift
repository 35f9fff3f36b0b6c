public import GraftGraph

/// Everything that decides which graph a training step runs.
public struct TrainingConfiguration: Hashable, Sendable {
  /// The parameters that train; all others are frozen.
  public var trainable: Set<ParameterPath>
  /// What training makes small.
  public var loss: Loss
  /// How gradients move parameters.
  public var optimizer: Optimizer
  /// What normalizations that train normalize by.
  public var statistics: NormalizationStatistics
  /// Times the sum of squares of each trainable kernel, added to the loss.
  public var l2Penalty: Float
  /// Which parameters learn at another rate than the optimizer's.
  public var rates: RateGroups

  /// What trains and how; everything else is frozen.
  public init(
    trainable: Set<ParameterPath>, loss: Loss, optimizer: Optimizer,
    statistics: NormalizationStatistics = .batch, l2Penalty: Float = 0,
    rates: RateGroups = .uniform
  ) {
    self.trainable = trainable
    self.loss = loss
    self.optimizer = optimizer
    self.statistics = statistics
    self.l2Penalty = l2Penalty
    self.rates = rates
  }

  var pipeline: GraphPipeline {
    GraphPipeline(
      trainable: trainable, loss: loss, statistics: statistics, l2Penalty: l2Penalty,
      rates: rates)
  }

  /// Whether `other` runs the same graphs; learning rates and their factors don't matter.
  func hasSameGraphs(as other: TrainingConfiguration) -> Bool {
    var (a, b) = (self, other)
    a.optimizer.rate = 0
    b.optimizer.rate = 0
    a.rates = a.rates.layout(of: a.trainable)
    b.rates = b.rates.layout(of: b.trainable)
    return a == b
  }
}
