public import GraftData
public import GraftGraph
import GraftRuntime

extension TrainingEngine {
  /// Room for what can be computed ahead of training for samples of one signature; `nil` where nothing
  /// can be.
  ///
  /// - Parameters:
  ///   - signature: What the samples consist of, targets included.
  ///   - samples: Positions of the samples in their source.
  ///   - memoryLimit: Beyond this many bytes the rows live in a file.
  /// - Throws: ``FeatureBankError``; `GraphError`.
  public func featureBank(
    for signature: Signature, samples: [Int], memoryLimit: Int
  ) throws -> FeatureBank? {
    guard
      let split = try trace(1, signature.only(.sample)).splitAtFrontier(trainable: changing())
    else { return nil }
    let read = Set(split.learner.inputNames)
    let frontier = split.frontier.map { name, type in
      TensorSpec(name, Shape(Array(type.shape.extents.dropFirst())), type.elementType)
    }
    return try FeatureBank(
      of: signature.only(.sample), frontier: frontier,
      carried: signature.tensors.filter { $0.kind == .target || read.contains($0.name) },
      samples: samples, memoryLimit: memoryLimit)
  }

  /// Runs the frozen part on samples and keeps what it gives.
  ///
  /// - Parameter bank: Holds a row for each sample of the batch's source.
  public func extract(_ batch: Batch, batchSize: Int, into bank: FeatureBank) throws {
    try compilation(.extraction, size: batchSize, batch).extract(batch, size: batchSize, into: bank)
  }

  /// The graph that a compilation runs.
  func graph(for key: CompilationKey) throws -> Graph {
    let model = try trace(key.batchSize, key.samples)
    let changing = try changing()
    let pipeline = configuration.pipeline
    let startsAtFrontier = key.brought.only(.sample) != key.samples
    let split =
      startsAtFrontier || key.purpose == .extraction
      ? try model.splitAtFrontier(trainable: changing) : nil
    let rest = startsAtFrontier ? split?.learner ?? model : model
    let targets = key.brought.only(.target)
    switch key.purpose {
    case .training:
      return try pipeline.training(
        rest, optimizer: configuration.optimizer, targets: targets)
    case .evaluation:
      return try pipeline.evaluation(rest, changing: changing, targets: targets)
    case .prediction(let endpoints):
      return try pipeline.prediction(
        rest, changing: changing, endpoints: endpoints, reading: configuration.reading)
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
