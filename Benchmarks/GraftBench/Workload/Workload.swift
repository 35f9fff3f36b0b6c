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
  /// What steps train on. Of targets, one row for each sample, 1 at its class.
  let batch: Batch
  /// The model's weights are those of a text encoder.
  let isText: Bool

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
    isText = options.encoder != nil
    batch = try Self.batch(options, outline.inputs, given)
  }

  /// Noise for pictures; for texts tokens all over the vocabulary, none of them filling up.
  private static func batch(
    _ options: WorkloadOptions, _ inputs: Signature, _ given: GivenTensors?
  ) throws -> Batch {
    var (values, integers): ([String: [Float]], [String: [Int32]]) = ([:], [:])
    for tensor in inputs.tensors {
      let count = options.batch * tensor.type.shape.count
      switch tensor.name {
      case TensorName.input: values[tensor.name] = try given?.input(count: count) ?? noise(count)
      case "input_ids":
        let vocabulary = try options.makeEncoder()?.configuration.vocabularyCount ?? 1
        integers[tensor.name] = (0..<count).map { Int32($0 * 7919 % vocabulary) }
      case "token_type_ids": integers[tensor.name] = Array(repeating: 0, count: count)
      default: values[tensor.name] = Array(repeating: 1, count: count)
      }
    }
    values[TensorName.targets] =
      try given?.targets(count: options.batch * options.classes)
      ?? (0..<options.batch).flatMap { sample in
        (0..<options.classes).map { $0 == sample % options.classes ? 1 : 0 }
      }
    let targets = TensorSpec(TensorName.targets, [options.classes], kind: .target)
    return try Batch(
      Signature(inputs.tensors + [targets]), of: Array(0..<options.batch), values: values,
      integers: integers)
  }

  /// Gives a graph what it reads of the batch.
  func write(to compiled: any CompiledGraph) throws {
    for tensor in batch.signature.tensors where compiled.hasInput(tensor.name) {
      try batch.withBytes(of: tensor.name) { try compiled.write($0, to: tensor.name) }
    }
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
