/// How long and in which way to train.
public struct TrainingOptions: Hashable, Sendable {
  /// When to compute the features of frozen layers once and keep them.
  public enum FeatureCache: String, Hashable, Sendable, CaseIterable {
    /// Where samples repeat and more than one epoch follows.
    case automatic
    /// Never: every step runs the whole model.
    case off
  }
  /// Passes over the training samples, at most a million.
  public var epochs: Int
  /// Samples in one step, 1 to ``largestBatchSize``.
  public var batchSize: Int
  /// What the optimizer's rate is multiplied by from step to step.
  public var schedule: RateSchedule
  /// The rate rises over this many first steps.
  public var warmupSteps: Int
  /// When the frozen part runs only once for each sample.
  public var featureCache: FeatureCache
  /// Beyond this many bytes, kept features live in a file.
  public var featureMemoryLimit: Int
  /// Stop when the validation loss has not fallen below its least for this many epochs in a row, at
  /// least 1, as Keras's `EarlyStopping` does; `nil` never stops.
  public var patience: Int?
  /// Whether to end with the values of the epoch with the least validation loss instead of the last
  /// one's; they are kept in the host's memory.
  public var keepsBest: Bool
  /// Whether ``keepsBest`` counts the values at the start as well, so that training that makes
  /// nothing better changes nothing; they are then evaluated before the first step.
  public var countsStart: Bool
  /// Whether training ends where a loss is no finite number any more, with the values of the best
  /// epoch so far (without validation samples: the last one's) and a ``DivergedTraining``.
  ///
  /// The values of that epoch are kept in the host's memory.
  public var stopsDivergence: Bool

  /// How to train; without arguments for five epochs at a constant rate.
  ///
  /// - Parameters:
  ///   - epochs: Passes over the training samples.
  ///   - batchSize: Samples in one step, at least 1.
  ///   - warmupSteps: The rate rises over this many first steps.
  ///   - featureMemoryLimit: Beyond this many bytes, kept features live in a file.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  ///   - countsStart: Whether the values at the start may be the best, too.
  ///   - stopsDivergence: Whether a loss that is no finite number ends training.
  public init(
    epochs: Int = 5, batchSize: Int = 32, schedule: RateSchedule = .constant, warmupSteps: Int = 0,
    featureCache: FeatureCache = .automatic, featureMemoryLimit: Int = 1 << 30,
    patience: Int? = nil, keepsBest: Bool = false, countsStart: Bool = false,
    stopsDivergence: Bool = false
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.featureCache = featureCache
    self.featureMemoryLimit = featureMemoryLimit
    self.patience = patience
    self.keepsBest = keepsBest
    self.countsStart = countsStart
    self.stopsDivergence = stopsDivergence
  }
}

/// What happens while a model trains.
public enum TrainingEvent: Sendable {
  /// The frozen part has run on this many of all samples, training and validation.
  case extracted(count: Int, total: Int)
  /// A step was made.
  case step(StepRecord)
  /// An epoch has ended, validation included.
  case epoch(EpochRecord)
}

/// What happened in one training step.
public struct StepRecord: Hashable, Sendable {
  /// Counted from 1, through all fits of a learner.
  public var epoch: Int
  /// Counted from 1 within the epoch.
  public var step: Int
  /// The steps of the epoch.
  public var stepCount: Int
  /// The mean loss of the batch.
  public var loss: Float
  /// Loss and accuracy since the epoch began.
  public var running: Metrics
  /// Training samples a second since the epoch began.
  public var samplesPerSecond: Double
}
