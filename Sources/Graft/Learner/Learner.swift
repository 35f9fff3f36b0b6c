public import GraftData
public import GraftGraph
public import GraftModels
public import GraftRuntime
public import GraftTraining

/// A model that learns: its parameters, what of them is frozen, and how the rest is trained.
///
/// What to freeze, the loss and the optimizer are values that may change between fits; the next step
/// goes by what they then are. Not safe to share between threads.
public final class Learner {
  /// What is trained.
  public let model: Model
  /// How pictures become what the model takes.
  public var preprocessing: Preprocessing
  /// Where steps run.
  public let device: any Device
  /// Which parameters keep their values.
  public var freezing: FreezePlan
  /// What training makes small.
  public var loss: Loss
  /// How gradients move parameters; any change but of its rate starts its state anew.
  public var optimizer: Optimizer
  /// Which layers learn at another rate than the optimizer's; factors may change between fits without
  /// losing the optimizer's state.
  public var rates = LayerRates.uniform
  /// What normalizations that train normalize by.
  public var statistics = NormalizationStatistics.batch
  /// Times the sum of squares of each trainable kernel, added to the loss.
  public var l2Penalty: Float = 0
  /// Decides initial values, the order of samples, augmentation and dropout.
  public let seed: UInt64
  /// All epochs so far.
  public private(set) var history = History()
  let engine: TrainingEngine

  /// Prepares a model to learn; nothing is allocated on the device yet.
  ///
  /// Parameters of backbones get the values of their weights, wherever in the model a backbone stands,
  /// others their initial ones.
  ///
  /// - Parameters:
  ///   - preprocessing: By default what the backbone's weights were trained with.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Throws: `GraphError` where the model can't be built; ``ModelError`` where the plan names an
  ///   unknown layer or leaves nothing to train, or weights don't fit; ``LearnerError`` where the
  ///   model has a name for more or fewer classes than outputs; what opening the device throws.
  public init(
    _ model: Model, freezing: FreezePlan = .none, loss: Loss = .crossEntropy,
    optimizer: Optimizer = .adam(), preprocessing: Preprocessing? = nil,
    device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let device = try device ?? DeviceChoice.automatic.open()
    let store = ParameterStore()
    let outline = try model.outline()
    try model.checkClassNames()
    store.load(try outline.pretrainedTensors())
    store.initialize(outline.parameters, seed: seed)
    (self.model, self.device, self.seed) = (model, device, seed)
    self.preprocessing = preprocessing ?? model.preprocessing
    (self.freezing, self.loss, self.optimizer) = (freezing, loss, optimizer)
    let configuration = TrainingConfiguration(
      trainable: try freezing.trainableParameters(of: outline), loss: loss, optimizer: optimizer)
    engine = TrainingEngine(
      session: device.makeSession(parameters: store), configuration: configuration, seed: seed
    ) { try model.trace(batchSize: $0) }
  }

  /// What the next step would run.
  ///
  /// - Throws: ``ModelError`` where ``freezing`` or ``rates`` name an unknown layer, nothing is left
  ///   to train, or a factor is not greater than 0; ``OptionError`` where another number makes no
  ///   sense.
  public func configuration() throws -> TrainingConfiguration {
    let outline = try model.outline()
    let configuration = TrainingConfiguration(
      trainable: try freezing.trainableParameters(of: outline), loss: loss, optimizer: optimizer,
      statistics: statistics, l2Penalty: l2Penalty,
      rates: RateGroups(try rates.groups(of: outline)))
    try configuration.validate()
    return configuration
  }

  /// The values of all parameters, up to date with the last step.
  public func parameters() throws -> ParameterStore {
    try engine.download()
    return engine.session.parameters
  }

  /// Trains as the sequence of events that comes of it.
  ///
  /// - Throws: ``MemoryError`` where a step doesn't fit the device; ``ModelError``; ``OptionError``;
  ///   ``LearnerError`` where targets don't fit the model's output; ``MissingValidation`` where the
  ///   options need validation samples.
  public func training(
    on samples: any SampleFeed, validation: (any SampleFeed)? = nil,
    options: TrainingOptions = TrainingOptions()
  ) throws -> TrainingRun {
    try options.validate()
    for feed in [samples, validation].compactMap(\.self) { try checkTargets(of: feed) }
    try checkMemory(batchSize: options.batchSize)
    let loop = try TrainingLoop(
      engine: engine, configuration: configuration(), options: options, training: samples,
      validation: validation, seed: seed, firstEpoch: history.epochs.count + 1)
    return TrainingRun(loop: loop, learner: self)
  }

  /// Trains to the end.
  ///
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit(
    on samples: any SampleFeed, validation: (any SampleFeed)? = nil,
    options: TrainingOptions = TrainingOptions(), isolation: isolated (any Actor)? = #isolation
  ) async throws -> History {
    let count = history.epochs.count
    var run = try training(on: samples, validation: validation, options: options)
      .makeAsyncIterator()
    while try await run.next(isolation: isolation) != nil {}
    return History(Array(history.epochs[count...]))
  }

  /// Loss and accuracy over samples.
  ///
  /// - Throws: ``LearnerError`` where targets don't fit the model's output; ``OptionError``.
  public func evaluate(on samples: any SampleFeed, batchSize: Int = 32) throws -> Metrics {
    try TrainingOptions(batchSize: batchSize).validate()
    try checkTargets(of: samples)
    try engine.configure(configuration())
    return try engine.evaluate(samples, batchSize: batchSize, loss: loss)
  }

  /// Probabilities of the classes, or plain predictions for squared errors: (count, K).
  ///
  /// - Throws: ``OptionError``; `SampleSizeError` where samples don't fit the model's input.
  public func predict(_ samples: any SampleFeed, batchSize: Int = 32) throws -> [[Float]] {
    try TrainingOptions(batchSize: batchSize).validate()
    try engine.configure(configuration())
    let results = try engine.predict(samples, batchSize: batchSize)
    let values = results[TensorName.predictions] ?? []
    guard samples.sampleCount > 0 else { return [] }
    let width = values.count / samples.sampleCount
    return (0..<samples.sampleCount).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  /// The values of named layers for samples: by name, sample after sample.
  ///
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``.
  public func features(
    _ layers: [String], of samples: any SampleFeed, batchSize: Int = 32
  ) throws -> [String: [Float]] {
    try TrainingOptions(batchSize: batchSize).validate()
    let outline = try model.outline()
    for layer in layers { _ = try outline.endpoint(layer) }
    try engine.configure(configuration())
    let results = try engine.predict(samples, batchSize: batchSize, endpoints: layers)
    return results.filter { layers.contains($0.key) }
  }

  /// Passes the values of named layers batch by batch, so that no more need be in memory.
  ///
  /// - Parameter body: Takes the samples of a batch and, by name, the values for each of them.
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``;
  ///   what `body` throws.
  public func features(
    _ layers: [String], of samples: any SampleFeed, batchSize: Int = 32,
    _ body: (_ samples: [Int], _ values: [String: [Float]]) throws -> Void
  ) throws {
    try TrainingOptions(batchSize: batchSize).validate()
    let outline = try model.outline()
    for layer in layers { _ = try outline.endpoint(layer) }
    try engine.configure(configuration())
    try engine.predict(samples, batchSize: batchSize, endpoints: layers) { samples, rows in
      try body(samples, rows.filter { layers.contains($0.key) })
    }
  }

  private func checkTargets(of feed: any SampleFeed) throws {
    let expected = try model.outline().output.shape.count
    guard feed.targetWidth == expected else {
      throw LearnerError.targetWidth(
        model: model.name, outputs: expected, found: feed.targetWidth)
    }
  }

  func record(_ epoch: EpochRecord) { history.epochs.append(epoch) }

  func restore(_ history: History) { self.history = history }
}
