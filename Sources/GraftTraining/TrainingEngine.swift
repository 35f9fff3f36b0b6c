public import GraftData
public import GraftGraph
public import GraftRuntime

/// Runs training, evaluation and prediction steps of one model on one device.
///
/// Graphs are compiled at their first use for each batch size and signature; parameters that train stay on
/// the device between steps. Not safe to share between threads.
public final class TrainingEngine {
  public let session: any Session
  private let makeTrace: (Int, Signature?) throws -> Graph
  private var traces: [TraceKey: Graph] = [:]
  private(set) var compiled: [CompilationKey: Compilation] = [:]
  private(set) var configuration: TrainingConfiguration
  /// Updates since the optimizer's state was new.
  private var updateCount = 0
  /// Which graph was sent samples ahead that it has not yet taken.
  private weak var sentTo: Compilation?
  private let seed: UInt64
  /// Throws where the work under way is no longer wanted; asked between batches.
  let checkCancellation: () throws -> Void

  private struct TraceKey: Hashable {
    let batchSize: Int
    let samples: Signature?
  }

  /// - Parameters:
  ///   - trace: Gives the graph of the model for a batch size and what samples consist of (`nil` for what
  ///     the model usually takes), always with the same parameters.
  ///   - seed: Decides which elements dropouts drop.
  ///   - checkCancellation: Throws where the work under way is no longer wanted; asked between batches.
  public init(
    session: any Session, configuration: TrainingConfiguration, seed: UInt64 = 0,
    checkCancellation: @escaping () throws -> Void = {},
    trace: @escaping (Int, Signature?) throws -> Graph
  ) {
    self.checkCancellation = checkCancellation
    self.session = session
    self.configuration = configuration
    self.seed = seed
    makeTrace = trace
  }

  /// An engine of a model that takes samples of one kind only.
  ///
  /// - Parameter trace: Gives the graph of the model for a batch size.
  public convenience init(
    session: any Session, configuration: TrainingConfiguration, seed: UInt64 = 0,
    trace: @escaping (Int) throws -> Graph
  ) {
    self.init(session: session, configuration: configuration, seed: seed) { size, _ in
      try trace(size)
    }
  }

  /// The model's graph, traced once for each size and signature.
  func trace(_ batchSize: Int, _ samples: Signature? = nil) throws -> Graph {
    let key = TraceKey(batchSize: batchSize, samples: samples)
    if let known = traces[key] { return known }
    let graph = try makeTrace(batchSize, samples)
    traces[key] = graph
    return graph
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
  /// - Returns: The mean loss of the samples and what metrics traced.
  /// - Throws: ``SampleSizeError`` where the batch doesn't fit the model; `GraphError`.
  public func train(
    on batch: Batch, epoch: Int, batchSize: Int, rate: Float
  ) throws -> StepResult {
    try train(on: batch, epoch: epoch, batchSize: batchSize, rate: rate, wasSent: false) {}
  }

  /// Runs one training step on a batch that may have been sent ahead.
  ///
  /// - Parameters:
  ///   - wasSent: Whether the batch is the one that was sent last.
  ///   - meanwhile: What to do while the device works, such as sending the next batch.
  func train(
    on batch: Batch, epoch: Int, batchSize: Int, rate: Float, wasSent: Bool,
    meanwhile: () -> Void
  ) throws -> StepResult {
    var size = batchSize
    if batch.count < batchSize, try compilation(.training, size: size, batch).mixesSamples {
      size = batch.count
    }
    let step = try compilation(.training, size: size, batch)
    updateCount += 1
    for (group, factor) in configuration.rates.factors.enumerated() {
      try step.write([rate * factor], to: Optimizer.Input.rate(of: group))
    }
    try step.write(
      configuration.optimizer.corrections(step: updateCount), to: Optimizer.Input.corrections)
    try step.writeSeeds(of: batch.ids, epoch: epoch, seed: seed)
    let takesSent = wasSent && sentTo === step
    sentTo = nil
    return try step.run(batch, size: size, takesSent: takesSent, meanwhile: meanwhile)
  }

  /// Sends a batch while a training step is under way, for the next one.
  ///
  /// - Returns: Whether it was; not where the next step will run another graph.
  func send(_ batch: Batch, batchSize: Int) throws -> Bool {
    guard let step = compiled[key(.training, size: batchSize, batch)],
      batch.count == batchSize || !step.mixesSamples, try step.send(batch, size: batchSize)
    else { return false }
    sentTo = step
    return true
  }

  /// Computes loss and metrics without training.
  public func evaluate(_ batch: Batch, batchSize: Int) throws -> StepResult {
    try compilation(.evaluation, size: batchSize, batch).run(batch, size: batchSize)
  }

  /// Computes predictions and the values of endpoints.
  ///
  /// - Returns: By name, `batch.count` rows of each.
  public func predict(
    _ batch: Batch, batchSize: Int, endpoints: [String] = []
  ) throws -> TensorValues {
    try compilation(.prediction(endpoints), size: batchSize, batch)
      .predict(batch, size: batchSize)
  }

  /// The graph of a training step on samples.
  ///
  /// - Parameter configuration: By default the one that steps go by.
  public func trainingGraph(
    batchSize: Int, _ configuration: TrainingConfiguration? = nil
  ) throws -> Graph {
    let configuration = configuration ?? self.configuration
    return try configuration.pipeline.training(
      trace(batchSize, configuration.sample?.only(.sample)), optimizer: configuration.optimizer,
      targets: configuration.sample)
  }

  /// The memory that a training step takes, before anything is allocated.
  ///
  /// - Parameter configuration: By default the one that steps go by; another changes nothing of them.
  public func forecast(
    batchSize: Int, _ configuration: TrainingConfiguration? = nil
  ) throws -> MemoryReport {
    try session.forecast(trainingGraph(batchSize: batchSize, configuration))
  }

  /// The same with every parameter trained: what freezing saves is the difference.
  public func forecastEverythingTrainable(
    batchSize: Int, _ configuration: TrainingConfiguration? = nil
  ) throws -> MemoryReport {
    var everything = configuration ?? self.configuration
    let model = try trace(batchSize)
    everything.trainable = Set(model.parameters.filter(\.role.isTrainable).map(\.path))
    return try forecast(batchSize: batchSize, everything)
  }

  /// What decides which graph a batch needs.
  private func key(_ purpose: Purpose, size: Int, _ batch: Batch) -> CompilationKey {
    let readsTargets = purpose == .training || purpose == .evaluation
    return CompilationKey(
      purpose: purpose, batchSize: size, samples: batch.origin ?? batch.signature.only(.sample),
      brought: readsTargets ? batch.signature : batch.signature.only(.sample))
  }

  /// The graph of the given purpose for such batches, compiled now if it isn't yet.
  func compilation(_ purpose: Purpose, size: Int, _ batch: Batch) throws -> Compilation {
    let key = key(purpose, size: size, batch)
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
