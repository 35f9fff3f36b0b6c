package import GraftGraph

/// Memory for batches of what a part of a network made of samples, used again when they are let go.
package final class BatchMemories: Sendable {
  private let origin: Signature
  private let layout: BatchLayout
  private let pool: BatchPool

  /// - Parameters:
  ///   - signature: What each row consists of.
  ///   - origin: What the samples consisted of.
  ///   - capacity: Samples that a batch has room for.
  package init(_ signature: Signature, of origin: Signature, capacity: Int) {
    self.origin = origin
    layout = BatchLayout(signature, capacity: capacity)
    pool = BatchPool(byteCount: layout.byteCount)
  }

  /// A batch of at most as many samples as there is room for.
  ///
  /// - Parameter fill: Writes the rows of a tensor.
  /// - Throws: ``BatchLoaderError/outOfMemory(byteCount:)``.
  package func makeBatch(
    of samples: [Int], ids: [UInt64], weights: [Float], position: Int,
    _ fill: (TensorSpec, UnsafeMutableRawBufferPointer) -> Void
  ) throws -> Batch {
    let memory = try pool.takeMemories(1)[0]
    for (position, tensor) in layout.signature.tensors.enumerated() {
      let range = layout.range(of: position, count: samples.count)
      fill(tensor, UnsafeMutableRawBufferPointer(rebasing: memory.bytes[range]))
    }
    return Batch(
      samples, ids: ids, weights: weights, position: position, layout: layout, memory: memory,
      origin: origin, takeBack: { [pool] in pool.giveBack([$0]) })
  }
}
