import Foundation
import Graft
import GraftRandom

/// A model on a device with a batch to train on.
struct Workload {
  let model: Model
  let batchSize: Int
  let device: any Device
  let session: any Session
  let optimizer: Optimizer
  let samples: [Float]
  /// One row for each sample, 1 at its class.
  let targets: [Float]

  /// - Parameter given: A file with `input`, `targets` and the first values of parameters, where
  ///   they aren't random.
  init(_ options: WorkloadOptions, given: GivenTensors? = nil) throws {
    model = try options.makeModel()
    batchSize = options.batch
    device = try options.device.open()
    optimizer = options.makeOptimizer()
    let store = ParameterStore()
    let outline = try model.outline()
    for (path, tensor) in try outline.pretrainedTensors() {
      store.set(path, shape: tensor.shape) { try tensor.load() }
    }
    try given?.set(in: store, outline.parameters)
    store.initialize(outline.parameters, seed: 0)
    session = device.makeSession(parameters: store)
    let sampleCount = options.batch * outline.input.shape.count
    samples = try given?.input(count: sampleCount) ?? Self.noise(sampleCount)
    targets =
      try given?.targets(count: options.batch * options.classes)
      ?? (0..<options.batch).flatMap { sample in
        (0..<options.classes).map { $0 == sample % options.classes ? 1 : 0 }
      }
  }

  /// The batch that steps train on.
  func batch() throws -> Batch {
    let inputs = TensorSpec(TensorName.input, [samples.count / batchSize])
    let outputs = TensorSpec(TensorName.targets, [targets.count / batchSize], kind: .target)
    return try Batch(
      [inputs, outputs], of: Array(0..<batchSize),
      values: [inputs.name: samples, outputs.name: targets])
  }

  /// The parameters that train at a freeze level.
  func trainable(_ level: FreezeLevel) throws -> Set<ParameterPath> {
    try level == .all ? [] : level.plan.trainableParameters(of: model)
  }

  /// The graph of one training step.
  func trainingGraph(_ trainable: Set<ParameterPath>) throws -> Graph {
    try GraphPipeline(trainable: trainable, loss: .crossEntropy, metrics: [Accuracy()])
      .training(model.trace(batchSize: batchSize), optimizer: optimizer)
  }

  /// The graph of a prediction with its loss.
  func evaluationGraph() throws -> Graph {
    try GraphPipeline(trainable: [], loss: .crossEntropy, metrics: [Accuracy()])
      .evaluation(model.trace(batchSize: batchSize), changing: [])
  }

  /// The graph that predicts.
  func inferenceGraph() throws -> Graph {
    try GraphPipeline(trainable: [], loss: .crossEntropy)
      .prediction(model.trace(batchSize: batchSize), reading: OutputActivation.softmax)
  }

  func engine(_ trainable: Set<ParameterPath>) -> TrainingEngine {
    TrainingEngine(
      session: session,
      configuration: TrainingConfiguration(
        trainable: trainable, loss: .crossEntropy, metrics: [Accuracy()], optimizer: optimizer)
    ) { try model.trace(batchSize: $0) }
  }

  /// Numbers between -1 and 1.
  private static func noise(_ count: Int) -> [Float] {
    var generator = SplitMix64(seed: 1)
    return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }
}
