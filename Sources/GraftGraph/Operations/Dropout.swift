/// Inverted dropout (Srivastava et al. 2014): zero with probability `rate`, else x / (1 - rate).
///
/// Operands: x (N, …); the seeds (N, 2), Int32, a row for each sample. Result: of x's shape. The
/// gradient is the same operation on the result's gradient, so no mask is kept. Element `i` of sample
/// `n` (counted within the sample, 32 bits) is kept where
/// `mix(mix(i ^ seeds[n, 0]) ^ (seeds[n, 1] + stream · 0x9E3779B9)) >= threshold`, all in wrapping
/// unsigned 32-bit arithmetic, with `mix` as in ``mix(_:)``: every device drops the same, and what a
/// sample loses doesn't depend on its place in the batch.
public struct Dropout: Operation {
  /// The probability of zero, from 0 up to but not including 1.
  public var rate: Float
  /// Tells the dropouts of one model apart.
  public var stream: Int

  /// Drops a share of the elements.
  ///
  /// - Parameters:
  ///   - rate: From 0 up to but not including 1.
  ///   - stream: Tells this dropout from the others of the model, which drop other elements.
  public init(rate: Float, stream: Int) {
    self.rate = rate
    self.stream = stream
  }

  /// Elements whose hash is below are dropped.
  public var threshold: UInt32 { UInt32(min(Double(rate) * 4_294_967_296, 4_294_967_295)) }

  /// A bijective 32-bit hash (the constants are lowbias32's).
  public static func mix(_ value: UInt32) -> UInt32 {
    var x = value
    x ^= x >> 16
    x &*= 0x7feb_352d
    x ^= x >> 15
    x &*= 0x846c_a68b
    x ^= x >> 16
    return x
  }

  public func resultTypes(for operands: [TensorType]) throws(GraphError) -> [TensorType] {
    guard rate >= 0, rate < 1 else {
      throw GraphError("a dropout rate is at least 0 and below 1, not \(rate)")
    }
    guard let sampleCount = operands[0].shape.extents.first,
      operands[1] == TensorType([sampleCount, 2], .int32)
    else {
      throw GraphError(
        "a dropout takes samples along the first axis and two Int32 as each one's seed; "
          + "\(operands[1]) are no seeds for \(operands[0])")
    }
    return [operands[0]]
  }

  public func gradient(ofOperand index: Int, in step: BackwardStep) -> Symbol? {
    guard index == 0 else { return nil }
    return step.resultGradient.map { step.builder.apply(self, to: $0, step.operands[1]) }
  }

  public var overwrites: [Overwrite] { [Overwrite(operand: 0)] }
}
