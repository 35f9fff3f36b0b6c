public import GraftGraph

/// Everything that decides which graph a training step runs.
public struct TrainingConfiguration: Sendable {
  /// The parameters that train; all others are frozen.
  public var trainable: Set<ParameterPath>
  /// What training makes small.
  public var loss: any Loss
  /// What is counted beside the loss.
  public var metrics: [any Metric]
  /// What the model's outputs become where nothing but predictions is wanted.
  public var reading: any OutputReading
  /// What a sample and its targets consist of where no batch tells; what the model takes, with targets of
  /// the shape of its output, if `nil`.
  public var sample: Signature?
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
    trainable: Set<ParameterPath>, loss: some Loss, metrics: [any Metric] = [],
    reading: some OutputReading = PlainOutputs(), sample: Signature? = nil, optimizer: Optimizer,
    statistics: NormalizationStatistics = .batch, l2Penalty: Float = 0,
    rates: RateGroups = .uniform
  ) {
    self.trainable = trainable
    self.loss = loss
    self.metrics = metrics
    self.reading = reading
    self.sample = sample
    self.optimizer = optimizer
    self.statistics = statistics
    self.l2Penalty = l2Penalty
    self.rates = rates
  }

  var pipeline: GraphPipeline {
    GraphPipeline(
      trainable: trainable, loss: loss, metrics: metrics, statistics: statistics,
      l2Penalty: l2Penalty, rates: rates)
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

extension TrainingConfiguration: Equatable {
  public static func == (first: TrainingConfiguration, second: TrainingConfiguration) -> Bool {
    first.trainable == second.trainable && isEqual(first.loss, second.loss)
      && first.metrics.elementsEqual(second.metrics) { isEqual($0, $1) }
      && isEqual(first.reading, second.reading) && first.sample == second.sample
      && first.optimizer == second.optimizer && first.statistics == second.statistics
      && first.l2Penalty == second.l2Penalty && first.rates == second.rates
  }
}
