public import GraftGraph
public import GraftRuntime

/// Runs training, evaluation and prediction steps of one model on one device.
///
/// Graphs are compiled at their first use for each batch size; parameters that train stay on the
/// device between steps. Not safe to share between threads.
public final class TrainingEngine {
  public let session: any Session
  let trace: (Int) throws -> Graph
  private(set) var compiled: [CompilationKey: Compilation] = [:]
  private(set) var configuration: TrainingConfiguration
  /// Updates since the optimizer's state was new.
  private var updateCount = 0
  /// Which graph was sent samples ahead that it has not yet taken.
  private weak var sentTo: Compilation?
  private let seed: UInt64

  /// - Parameters:
  ///   - trace: Gives the graph of the model for a batch size, always with the same parameters.
  ///   - seed: Decides which elements dropouts drop.
  public init(
    session: any Session, configuration: TrainingConfiguration, seed: UInt64 = 0,
    trace: @escaping (Int) throws -> Graph
  ) {
    self.session = session
    self.configuration = configuration
    self.seed = seed
    self.trace = trace
  }

  /// Changes what trains and how, from the next step on.
  ///
  /// New learning rates and factors of them alone cost nothing; any other change compiles graphs anew
  /// and starts with a fresh optimizer state.
  public func configure(_ new: TrainingConfiguration) throws {
    if !new.hasSameGraphs(as: configuration) { try reset() }
    configuration = new
  }

  /// Brings trained parameters to the host and forgets all graphs and the optimizer's state.
  public func reset() throws {
    compiled.removeAll()
    try session.evict()
    session.parameters.remove { $0.description.hasPrefix("optimizer.") }
    updateCount = 0
  }

  /// Copies trained parameters to the session's store.
  public func download() throws { try session.download() }

  /// Runs one training step.
  ///
  /// - Parameters:
  ///   - batch: At most `batchSize` samples; where it is smaller, the rest counts nothing.
  ///   - epoch: Decides with each sample what dropouts drop of it.
  ///   - rate: The learning rate, which each of the configuration's groups takes times its factor.
  /// - Returns: The mean loss of the samples and their scores (N, K), row by row.
  public func train(
    on batch: StepBatch, epoch: Int, batchSize: Int, rate: Float
  ) throws -> (loss: Float, scores: [Float]) {
    try train(on: batch, epoch: epoch, batchSize: batchSize, rate: rate, wasSent: false) {}
  }

  /// Runs one training step on a batch that may have been sent ahead.
  ///
  /// - Parameters:
  ///   - wasSent: Whether the samples are those that were sent last.
  ///   - meanwhile: What to do while the device works, such as sending the next batch.
  func train(
    on batch: StepBatch, epoch: Int, batchSize: Int, rate: Float, wasSent: Bool,
    meanwhile: () -> Void
  ) throws -> (loss: Float, scores: [Float]) {
    let usesFeatures = batch.usesFeatures
    var size = batchSize
    if batch.count < batchSize,
      try compilation(.training, size: size, usesFeatures).mixesSamples
    {
      size = batch.count
    }
    let step = try compilation(.training, size: size, usesFeatures)
    updateCount += 1
    for (group, factor) in configuration.rates.factors.enumerated() {
      try step.write([rate * factor], to: Optimizer.Input.rate(of: group))
    }
    try step.write(
      configuration.optimizer.corrections(step: updateCount), to: Optimizer.Input.corrections)
    try step.writeSeeds(of: batch.identities, epoch: epoch, seed: seed)
    let takesSent = wasSent && sentTo === step
    sentTo = nil
    return try step.run(batch, size: size, takesSent: takesSent, meanwhile: meanwhile)
  }

  /// Sends samples while a training step is under way, for the next one.
  ///
  /// - Returns: Whether they were; not where the next step will run another graph.
  func send(
    _ samples: UnsafeBufferPointer<Float>, count: Int, batchSize: Int
  ) throws -> Bool {
    let key = CompilationKey(purpose: .training, batchSize: batchSize, usesFeatures: false)
    guard let step = compiled[key], count == batchSize || !step.mixesSamples,
      try step.send(samples, count: count, size: batchSize)
    else { return false }
    sentTo = step
    return true
  }

  /// Computes loss and scores without training.
  public func evaluate(
    _ batch: StepBatch, batchSize: Int
  ) throws -> (loss: Float, scores: [Float]) {
    try compilation(.evaluation, size: batchSize, batch.usesFeatures).run(batch, size: batchSize)
  }

  /// Computes predictions and the values of endpoints.
  ///
  /// - Returns: By name, `batch.count` rows of each.
  public func predict(
    _ batch: StepBatch, batchSize: Int, endpoints: [String] = []
  ) throws -> [String: [Float]] {
    let step = try compilation(.prediction(endpoints), size: batchSize, batch.usesFeatures)
    return try step.predict(batch, size: batchSize)
  }

  /// The graph of a training step on samples.
  public func trainingGraph(batchSize: Int) throws -> Graph {
    try trainingGraph(batchSize: batchSize, configuration)
  }

  /// The memory that a training step takes, before anything is allocated.
  public func forecast(batchSize: Int) throws -> MemoryReport {
    try forecast(batchSize: batchSize, configuration)
  }

  /// The same with every parameter trained: what freezing saves is the difference.
  public func forecastEverythingTrainable(batchSize: Int) throws -> MemoryReport {
    var everything = configuration
    let model = try trace(batchSize)
    everything.trainable = Set(model.parameters.filter(\.role.isTrainable).map(\.path))
    return try forecast(batchSize: batchSize, everything)
  }

  private func trainingGraph(
    batchSize: Int, _ configuration: TrainingConfiguration
  ) throws -> Graph {
    try configuration.pipeline.training(trace(batchSize), optimizer: configuration.optimizer)
  }

  private func forecast(
    batchSize: Int, _ configuration: TrainingConfiguration
  ) throws -> MemoryReport {
    try session.forecast(trainingGraph(batchSize: batchSize, configuration))
  }

  /// The graph of the given purpose, compiled now if it isn't yet.
  func compilation(
    _ purpose: Purpose, size: Int, _ usesFeatures: Bool
  ) throws -> Compilation {
    let key = CompilationKey(purpose: purpose, batchSize: size, usesFeatures: usesFeatures)
    if let known = compiled[key] { return known }
    let graph = try graph(for: key)
    session.parameters.initialize(
      graph.parameters.filter { $0.role == .optimizerState }, seed: seed)
    let compilation = Compilation(
      try session.compile(graph),
      mixesSamples: graph.nodes.contains { $0.operation?.mixesSamples ?? false })
    compiled[key] = compilation
    return compilation
  }
}
