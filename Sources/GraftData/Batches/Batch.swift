public import GraftGraph

/// Samples that are ready for a network: bytes by name, and what is known of each sample.
///
/// The memory may go back to whoever prepared the batch when it is let go.
public final class Batch: Sendable {
  /// What each sample consists of.
  public let signature: Signature
  /// The samples' positions in their source, from 0.
  public let samples: [Int]
  /// What tells each sample from all others, wherever it stands: what is random about it follows from
  /// this.
  public let ids: [UInt64]
  /// How much each sample counts.
  public let weights: [Float]
  /// The batch's place in its epoch, from 0.
  public let position: Int
  /// What the samples consisted of before a part of a network was applied to them; `nil` where none was.
  public let origin: Signature?

  private let layout: BatchLayout
  private let memory: BatchMemory
  private let takeBack: (@Sendable (BatchMemory) -> Void)?

  init(
    _ samples: [Int], ids: [UInt64], weights: [Float], position: Int, layout: BatchLayout,
    memory: BatchMemory, origin: Signature? = nil, takeBack: (@Sendable (BatchMemory) -> Void)?
  ) {
    (signature, self.origin) = (layout.signature, origin)
    (self.samples, self.ids, self.weights, self.position) = (samples, ids, weights, position)
    (self.layout, self.memory, self.takeBack) = (layout, memory, takeBack)
  }

  deinit { takeBack?(memory) }

  /// The number of samples.
  public var count: Int { samples.count }

  /// Passes the bytes of a tensor, sample after sample.
  ///
  /// - Parameter name: One of the signature's; no other has bytes.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      guard let position = layout.position(of: name) else {
        return try body(UnsafeRawBufferPointer(start: nil, count: 0))
      }
      let range = layout.range(of: position, count: count)
      return try body(UnsafeRawBufferPointer(rebasing: memory.bytes[range]))
    }
  }

  /// The numbers of a Float32 tensor, sample after sample; empty where there is none of the name.
  public func floats(_ name: String) -> [Float] {
    withBytes(of: name) { Array($0.bindMemory(to: Float.self)) }
  }

  /// The numbers of an Int32 tensor, sample after sample; empty where there is none of the name.
  public func integers(_ name: String) -> [Int32] {
    withBytes(of: name) { Array($0.bindMemory(to: Int32.self)) }
  }
}

extension Batch {
  /// A batch of values that are in memory already.
  ///
  /// - Parameters:
  ///   - signature: What each sample consists of; Float32 and Int32 tensors.
  ///   - samples: The samples' positions in their source.
  ///   - ids: What tells each sample from all others; by default its position.
  ///   - weights: How much each sample counts; by default 1.
  ///   - values: The numbers of each Float32 tensor, sample after sample.
  ///   - integers: The numbers of each Int32 tensor, sample after sample.
  /// - Throws: ``SampleSizeError`` where a tensor has more or fewer numbers than the samples need;
  ///   ``SampleRowError`` where it is of another type; ``BatchLoaderError`` where a weight is no number
  ///   from 0 on, or there is no memory.
  public convenience init(
    _ signature: Signature, of samples: [Int], ids: [UInt64]? = nil, weights: [Float]? = nil,
    position: Int = 0, values: [String: [Float]] = [:], integers: [String: [Int32]] = [:]
  ) throws {
    let layout = BatchLayout(signature, capacity: samples.count)
    let memory = try BatchMemory(byteCount: layout.byteCount)
    for (position, tensor) in signature.tensors.enumerated() {
      func copy<Number>(_ values: [Number]) throws {
        try SampleSizeError.check(
          values.count, of: tensor.name, expected: tensor.type.shape.count, count: samples.count)
        values.withUnsafeBytes { bytes in
          let range = layout.range(of: position, count: samples.count)
          UnsafeMutableRawBufferPointer(rebasing: memory.bytes[range]).copyMemory(from: bytes)
        }
      }
      switch tensor.type.elementType {
      case .float32: try copy(values[tensor.name] ?? [])
      case .int32: try copy(integers[tensor.name] ?? [])
      default: throw SampleRowError.noTensor(tensor.name, tensor.type.elementType, signature)
      }
    }
    let weights = weights ?? Array(repeating: 1, count: samples.count)
    try SampleSizeError.check(
      weights.count, of: TensorName.weights, expected: 1, count: samples.count)
    for (sample, weight) in zip(samples, weights) where !(weight >= 0 && weight.isFinite) {
      throw BatchLoaderError.weight(weight, sample: sample)
    }
    self.init(
      samples, ids: ids ?? samples.map { UInt64($0) }, weights: weights, position: position,
      layout: layout, memory: memory, takeBack: nil)
  }
}

/// Samples with other numbers than a network takes or a loss compares with.
public struct SampleSizeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The tensor that was given.
  public let name: String
  /// How many numbers each sample has of it.
  public let expected: Int
  /// How many numbers came for all samples of the batch.
  public let found: Int
  /// How many samples the batch has.
  public let count: Int

  /// Numbers that don't fit.
  public init(name: String, expected: Int, found: Int, count: Int) {
    (self.name, self.expected, self.found, self.count) = (name, expected, found, count)
  }

  public var description: String {
    let each = count > 0 && found % count == 0 ? " (\(found / count) each)" : ""
    return "the model needs \(expected) numbers of \(name) for each sample, but a batch of "
      + "\(count) came with \(found)\(each); give samples of the model's input and targets of its "
      + "output"
  }

  /// - Throws: ``SampleSizeError`` unless there are so many numbers for each of `count` samples.
  package static func check(
    _ found: Int, of name: String, expected: Int, count: Int
  ) throws(SampleSizeError) {
    guard found == expected * count else {
      throw SampleSizeError(name: name, expected: expected, found: found, count: count)
    }
  }
}
