public import GraftData
public import GraftGraph
public import GraftModels
public import GraftRuntime
public import GraftTraining

/// A model that learns: its parameters, what of them is frozen, and how the rest is trained.
///
/// What to freeze, the loss and the optimizer are values that may change between fits; the next step
/// goes by what they then are. Not safe to share between threads.
public final class Learner<Goal: LearningTask> {
  /// What is trained.
  public let model: Model
  /// What it learns: how samples become tensors, the loss, the metrics, what outputs mean.
  public var task: Goal
  /// Where steps run.
  public let device: any Device
  /// Which parameters keep their values.
  public var freezing: FreezePlan
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
      metrics: task.metrics, reading: task, targets: task.signatures.first?.only(.target),
      optimizer: optimizer)
    engine = TrainingEngine(
      session: device.makeSession(parameters: store), configuration: configuration, seed: seed
    ) { try model.trace(batchSize: $0, samples: $1) }
  }

  /// What the next step would run.
  ///
  /// - Throws: ``ModelError`` where ``freezing`` or ``rates`` name an unknown layer, nothing is left
  ///   to train, or a factor is not greater than 0; ``OptionError`` where another number makes no
  ///   sense.
  public func configuration() throws -> TrainingConfiguration {
    let outline = try model.outline()
    let configuration = TrainingConfiguration(
      trainable: try freezing.trainableParameters(of: outline), loss: task.loss,
      metrics: task.metrics, reading: task, targets: task.signatures.first?.only(.target),
      optimizer: optimizer, statistics: statistics, l2Penalty: l2Penalty,
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
  ///   options need validation samples; what the task says of a model that doesn't fit it.
  public func training(
    on samples: any BatchSource, validation: (any BatchSource)? = nil,
    options: TrainingOptions = TrainingOptions()
  ) throws -> TrainingRun {
    try options.validate()
    for source in [samples, validation].compactMap(\.self) { try checkTargets(of: source) }
    try checkMemory(batchSize: options.batchSize)
    let loop = try TrainingLoop(
      engine: engine, configuration: configuration(), options: options, training: samples,
      validation: validation, seed: seed, firstEpoch: history.epochs.count + 1)
    return TrainingRun(loop: loop) { self.history.epochs.append($0) }
  }

  /// Trains to the end.
  ///
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit(
    on samples: any BatchSource, validation: (any BatchSource)? = nil,
    options: TrainingOptions = TrainingOptions(), isolation: isolated (any Actor)? = #isolation
  ) async throws -> History {
    let count = history.epochs.count
    var run = try training(on: samples, validation: validation, options: options)
      .makeAsyncIterator()
    while try await run.next(isolation: isolation) != nil {}
    return History(Array(history.epochs[count...]))
  }

  /// Trains on one data set and validates on another, whatever they hold.
  ///
  /// - Parameters:
  ///   - augmentation: What is done to training samples at random.
  ///   - options: How to train.
  /// - Returns: The epochs of this fit.
  @discardableResult
  public func fit(
    _ data: any Dataset<Goal.Sample>, validation: (any Dataset<Goal.Sample>)? = nil,
    augmentation: Goal.Augmentation? = nil, options: TrainingOptions = TrainingOptions(),
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> History {
    let loading = BatchLoader.Options(seed: seed)
    return try await fit(
      on: BatchLoader(data, task, augmentation: augmentation, options: loading),
      validation: validation.map { try BatchLoader($0, task, options: loading) },
      options: options, isolation: isolation)
  }

  /// Loss and metrics over samples.
  ///
  /// - Throws: ``LearnerError`` where targets don't fit the model's output; ``OptionError``.
  public func evaluate(on samples: any BatchSource, batchSize: Int = 32) throws -> Metrics {
    try TrainingOptions(batchSize: batchSize).validate()
    try checkTargets(of: samples)
    try engine.configure(configuration())
    return try engine.evaluate(samples, batchSize: batchSize)
  }

  /// What the task reads of the model's outputs, such as probabilities: (count, K).
  ///
  /// - Throws: ``OptionError``; `SampleSizeError` where samples don't fit the model's input.
  public func predict(_ samples: any BatchSource, batchSize: Int = 32) throws -> [[Float]] {
    var rows = Array(repeating: [Float](), count: samples.sampleCount)
    try forEachBatch(of: samples, batchSize: batchSize) { batch, values in
      for (sample, row) in zip(batch.samples, values.rows(TensorName.predictions)) {
        rows[sample] = Array(row)
      }
    }
    return rows
  }

  /// What the model says of each sample.
  ///
  /// - Throws: ``OptionError``; what reading a sample throws.
  public func predict(
    _ samples: [Goal.Sample], batchSize: Int = 32
  ) throws -> [Goal.Prediction] {
    try predict(SampleList(samples), batchSize: batchSize)
  }

  /// What the model says of each sample of a data set.
  ///
  /// - Throws: ``OptionError``; what reading a sample throws.
  public func predict(
    _ data: some Dataset<Goal.Sample>, batchSize: Int = 32
  ) throws -> [Goal.Prediction] {
    guard data.count > 0 else { return [] }
    let source = try BatchLoader(data, task, options: .init(readsTargets: false))
    var predictions: [Goal.Prediction?] = Array(repeating: nil, count: data.count)
    try forEachBatch(of: source, batchSize: min(batchSize, data.count)) { batch, values in
      for (row, sample) in batch.samples.enumerated() {
        predictions[sample] = try task.prediction(
          values.row(row), of: data.sample(at: sample))
      }
    }
    return predictions.compactMap(\.self)
  }

  private func forEachBatch(
    of samples: any BatchSource, batchSize: Int, _ body: (Batch, TensorValues) throws -> Void
  ) throws {
    try TrainingOptions(batchSize: batchSize).validate()
    try engine.configure(configuration())
    try engine.predict(samples, batchSize: batchSize, body)
  }

  /// The values of named layers for samples: by name, sample after sample.
  ///
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``.
  public func features(
    _ layers: [String], of samples: any BatchSource, batchSize: Int = 32
  ) throws -> [String: [Float]] {
    var rows = Dictionary(
      uniqueKeysWithValues: layers.map {
        ($0, Array(repeating: ArraySlice<Float>(), count: samples.sampleCount))
      })
    try features(layers, of: samples, batchSize: batchSize) { batch, values in
      for layer in layers {
        for (sample, row) in zip(batch.samples, values.rows(layer)) { rows[layer]?[sample] = row }
      }
    }
    return rows.mapValues { $0.flatMap { $0 } }
  }

  /// Passes the values of named layers batch by batch, so that no more need be in memory.
  ///
  /// - Parameter body: Takes a batch and, by name, the values for each of its samples.
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``;
  ///   what `body` throws.
  public func features(
    _ layers: [String], of samples: any BatchSource, batchSize: Int = 32,
    _ body: (_ batch: Batch, _ values: TensorValues) throws -> Void
  ) throws {
    try TrainingOptions(batchSize: batchSize).validate()
    let outline = try model.outline()
    for layer in layers { _ = try outline.endpoint(layer) }
    try engine.configure(configuration())
    try engine.predict(samples, batchSize: batchSize, endpoints: layers, body)
  }

  /// Makes sure that the model fits the task, and what a source brings the model's output.
  private func checkTargets(of source: any BatchSource) throws {
    try task.check(model.outline().outputs)
    let wanted = task.signatures.first?.only(.target) ?? []
    for signature in source.signatures {
      for target in wanted.tensors where signature[target.name]?.type != target.type {
        throw LearnerError.targetWidth(
          model: model.name, outputs: target.type.shape.count,
          found: signature[target.name]?.type.shape.count ?? 0)
      }
    }
  }

  func restore(_ history: History) { self.history = history }
}

extension Learner {
  /// What training makes small: the task's.
  public var loss: any Loss {
    get { task.loss }
    set { task.loss = newValue }
  }
}

/// Samples in memory.
private struct SampleList<Sample: Sendable>: Dataset {
  let samples: [Sample]

  init(_ samples: [Sample]) { self.samples = samples }

  var count: Int { samples.count }
  func sample(at index: Int) -> Sample { samples[index] }
}
