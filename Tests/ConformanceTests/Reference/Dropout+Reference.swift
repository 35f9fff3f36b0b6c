import GraftGraph

extension Dropout {
  /// Whether the element at `index` of a sample survives.
  func keeps(_ index: Int, seed: ArraySlice<Int32>) -> Bool {
    func mix(_ value: UInt32) -> UInt32 {
      var x = value
      x = (x ^ (x >> 16)) &* 0x7feb_352d
      x = (x ^ (x >> 15)) &* 0x846c_a68b
      return x ^ (x >> 16)
    }
    let first = UInt32(bitPattern: seed[seed.startIndex])
    let streamed = UInt32(truncatingIfNeeded: stream) &* 0x9E37_79B9
    let second = UInt32(bitPattern: seed[seed.startIndex + 1]) &+ streamed
    return mix(mix(UInt32(truncatingIfNeeded: index) ^ first) ^ second) >= threshold
  }
}

extension Dropout: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let seeds = operands[1].values.map { Int32($0) }
    let size = operands[0].shape.count / operands[0].shape[0]
    let values = operands[0].values.enumerated().map { position, value in
      let (sample, index) = position.quotientAndRemainder(dividingBy: size)
      let isKept = keeps(index, seed: seeds[2 * sample..<2 * sample + 2])
      return isKept ? value / (1 - Double(rate)) : 0
    }
    return [ReferenceTensor(operands[0].shape, values)]
  }
}
