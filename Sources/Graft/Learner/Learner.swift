public import GraftGraph
public import GraftModels
public import GraftRuntime
public import GraftTraining

/// A model that learns: its parameters, what of them is frozen, and how the rest is trained.
///
/// What to freeze, the loss, the optimizer and the other settings are values: the next step goes by what
/// they are then, in the middle of a training too. Steps run on the device's own thread, in turn with
/// those of other learners on it. Belongs to one task or actor.
public final class Learner<Goal: LearningTask> {
  /// What is trained.
  public let model: Model
  /// What it learns: how samples become tensors, the loss, the metrics, what outputs mean.
  ///
  /// Samples are read as it was when they were given to a training; its loss and metrics may change.
  public var task: Goal { didSet { known = nil } }
  /// Where steps run.
  public let device: any Device
  /// Which parameters keep their values.
  public var freezing: FreezePlan { didSet { known = nil } }
  /// How gradients move parameters; any change but of its rate starts its state anew.
  public var optimizer: Optimizer { didSet { known = nil } }
  /// Which layers learn at another rate than the optimizer's; a change keeps the optimizer's state.
  public var rates = LayerRates.uniform { didSet { known = nil } }
  /// What normalizations that train normalize by.
  public var statistics = NormalizationStatistics.batch { didSet { known = nil } }
  /// Times the sum of squares of each trainable kernel, added to the loss.
  public var l2Penalty: Float = 0 { didSet { known = nil } }
  /// Decides initial values, the order of samples, augmentation and dropout.
  public let seed: UInt64
  /// All epochs so far.
  public internal(set) var history = History()
  let engine: TrainingEngine
  /// What the settings come to, until one of them changes.
  private var known: TrainingConfiguration?

  /// Prepares a model to learn a task; nothing is allocated on the device yet.
  ///
  /// Parameters of backbones get the values of their weights, wherever in the model a backbone stands,
  /// others their initial ones.
  ///
  /// - Parameters:
  ///   - task: What it learns.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Throws: `GraphError` where the model can't be built; ``ModelError`` where the plan names an
  ///   unknown layer or leaves nothing to train, or weights don't fit; ``LearnerError`` where the
  ///   model has a name for more or fewer classes than outputs; what opening the device throws.
  public init(
    _ model: Model, task: Goal, freezing: FreezePlan = .none, optimizer: Optimizer = .adam(),
    device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let device = try device ?? DeviceChoice.automatic.open()
    let store = ParameterStore()
    let outline = try model.outline()
    try model.checkClassNames()
    store.load(try outline.pretrainedTensors())
    store.initialize(outline.parameters, seed: seed)
    (self.model, self.task, self.device, self.seed) = (model, task, device, seed)
    (self.freezing, self.optimizer) = (freezing, optimizer)
    let configuration = TrainingConfiguration(
      trainable: try freezing.trainableParameters(of: outline), loss: task.loss,
      metrics: task.metrics, reading: task, sample: task.signatures.first,
      optimizer: optimizer)
    engine = TrainingEngine(
      session: device.makeSession(parameters: store), configuration: configuration, seed: seed,
      checkCancellation: device.turns.checkCancellation
    ) { try model.trace(batchSize: $0, samples: $1) }
  }

  /// What the next step would run.
  ///
  /// - Throws: ``ModelError`` where ``freezing`` or ``rates`` name an unknown layer, nothing is left
  ///   to train, or a factor is not greater than 0; ``OptionError`` where another number makes no
  ///   sense.
  public func configuration() throws -> TrainingConfiguration {
    if let known { return known }
    let outline = try model.outline()
    let configuration = TrainingConfiguration(
      trainable: try freezing.trainableParameters(of: outline), loss: task.loss,
      metrics: task.metrics, reading: task, sample: task.signatures.first,
      optimizer: optimizer, statistics: statistics, l2Penalty: l2Penalty,
      rates: RateGroups(try rates.groups(of: outline)))
    try configuration.validate()
    known = configuration
    return configuration
  }

  /// The values of all parameters, up to date with the last step.
  public func parameters() throws -> ParameterStore {
    try device.turns.wait { try engine.download() }
    return engine.session.parameters
  }
}

extension Learner {
  /// What training makes small: the task's.
  public var loss: any Loss {
    get { task.loss }
    set { task.loss = newValue }
  }
}
