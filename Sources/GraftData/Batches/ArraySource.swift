public import GraftGraph

/// Numbers in memory, as from a computation or a file of features: an array for each tensor of a network
/// and of its targets, in batches.
public struct ArraySource: BatchSource {
  /// How many samples there are.
  public let sampleCount: Int
  /// What each sample consists of: one signature.
  public let signatures: [Signature]
  /// Numbers in memory stay what they are.
  public var isRepeatable: Bool { true }
  private let values: [String: [Float]]
  private let weights: [Float]

  /// - Parameters:
  ///   - signature: What a sample consists of: Float32 tensors, targets among them where there are any.
  ///   - sampleCount: How many samples there are.
  ///   - values: The numbers of each tensor, sample after sample.
  ///   - weights: How much each sample counts; by default 1.
  /// - Throws: ``SampleSizeError`` where the counts don't fit together; ``BatchLoaderError`` where a
  ///   weight is no number from 0 on.
  public init(
    _ signature: Signature, sampleCount: Int, values: [String: [Float]], weights: [Float]? = nil
  ) throws {
    for tensor in signature.tensors {
      try SampleSizeError.check(
        values[tensor.name]?.count ?? 0, of: tensor.name, expected: tensor.type.shape.count,
        count: sampleCount)
    }
    let weights = weights ?? Array(repeating: 1, count: sampleCount)
    try SampleSizeError.check(
      weights.count, of: TensorName.weights, expected: 1, count: sampleCount)
    if let bad = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw BatchLoaderError.weight(weights[bad], sample: bad)
    }
    signatures = [signature]
    (self.sampleCount, self.values, self.weights) = (sampleCount, values, weights)
  }

  /// Samples of a network's only input, with their targets, if there are any.
  ///
  /// - Parameters:
  ///   - samples: Sample after sample, each of the model's input shape.
  ///   - targets: Target after target; empty where nothing but predictions is wanted.
  /// - Throws: ``SampleSizeError`` where the counts don't divide.
  public init(
    samples: [Float], targets: [Float], sampleCount: Int, weights: [Float]? = nil
  ) throws {
    func width(_ numbers: [Float]) -> Int { sampleCount > 0 ? numbers.count / sampleCount : 0 }
    var signature: Signature = [TensorSpec(TensorName.input, [width(samples)])]
    if !targets.isEmpty {
      signature.tensors.append(
        TensorSpec(TensorName.targets, [width(targets)], kind: .target))
    }
    try self.init(
      signature, sampleCount: sampleCount,
      values: [TensorName.input: samples, TensorName.targets: targets], weights: weights)
  }

  /// Batches with these samples, in this order; the same in every epoch.
  public func batches(_ plan: [PlannedBatch], epoch: Int) -> any BatchIterator {
    Batches(source: self, plan: plan)
  }

  private final class Batches: BatchIterator {
    private let source: ArraySource
    private let plan: [PlannedBatch]
    private var position = 0

    init(source: ArraySource, plan: [PlannedBatch]) { (self.source, self.plan) = (source, plan) }

    func next() throws -> Batch? {
      guard position < plan.count else { return nil }
      defer { position += 1 }
      let samples = plan[position].samples
      let signature = source.signatures[0]
      var picked: [String: [Float]] = [:]
      for tensor in signature.tensors {
        let (width, values) = (tensor.type.shape.count, source.values[tensor.name] ?? [])
        picked[tensor.name] = samples.flatMap { values[$0 * width..<($0 + 1) * width] }
      }
      return try Batch(
        signature, of: samples, weights: samples.map { source.weights[$0] }, position: position,
        values: picked)
    }
  }
}
