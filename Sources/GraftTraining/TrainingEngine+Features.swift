import GraftGraph
import GraftRuntime

extension TrainingEngine {
  /// The values that cross the freeze frontier, for a batch of one; empty where nothing can be
  /// computed ahead.
  public func frontier() throws -> [(name: String, type: TensorType)] {
    try trace(1).splitAtFrontier(trainable: changing())?.frontier ?? []
  }

  /// Runs the frozen part on samples and keeps what it gives.
  ///
  /// - Parameter bank: Holds a row for each sample of the batch's feed.
  public func extract(_ batch: StepBatch, batchSize: Int, into bank: FeatureBank) throws {
    try compilation(.extraction, size: batchSize, false)
      .extract(batch, size: batchSize, into: bank)
  }

  /// The graph that a compilation runs.
  func graph(for key: CompilationKey) throws -> Graph {
    let model = try trace(key.batchSize)
    let changing = try changing()
    let pipeline = configuration.pipeline
    let split =
      key.usesFeatures || key.purpose == .extraction
      ? try model.splitAtFrontier(trainable: changing) : nil
    switch key.purpose {
    case .training:
      return try pipeline.training(split?.learner ?? model, optimizer: configuration.optimizer)
    case .evaluation:
      return try pipeline.evaluation(split?.learner ?? model, changing: changing)
    case .prediction(let endpoints):
      return try pipeline.prediction(
        split?.learner ?? model, changing: changing, endpoints: endpoints)
    case .extraction:
      guard let split else { throw GraphError("nothing can be computed ahead of training") }
      return try pipeline.optimized(
        split.extractor.specializedForInference(), changing: changing)
    }
  }

  /// All parameters that training changes: those that train and the statistics it moves.
  func changing() throws -> Set<ParameterPath> {
    let moving = try trace(1).specializedForTraining(
      configuration.trainable, statistics: configuration.statistics)
    return configuration.trainable.union(moving.assignments.map(\.parameter))
  }
}
