import Graft

extension Batch {
  /// Samples of a model's only input, with what it should give for them.
  static func given(
    _ samples: [Int], _ values: [Float], targets: [Float] = [], weights: [Float]? = nil
  ) throws -> Batch {
    let count = max(samples.count, 1)
    var signature: Signature = [TensorSpec(TensorName.input, [values.count / count])]
    if !targets.isEmpty {
      signature.tensors.append(
        TensorSpec(TensorName.targets, [targets.count / count], kind: .target))
    }
    return try Batch(
      signature, of: samples, weights: weights,
      values: [TensorName.input: values, TensorName.targets: targets])
  }
}

/// Batches that a function makes, one after the other.
final class GivenBatches: BatchIterator {
  private var plan: ArraySlice<PlannedBatch>
  private let make: ([Int]) throws -> Batch

  init(_ plan: [PlannedBatch], _ make: @escaping ([Int]) throws -> Batch) {
    (self.plan, self.make) = (plan[...], make)
  }

  func next() throws -> Batch? { try plan.popFirst().map { try make($0.samples) } }
}
