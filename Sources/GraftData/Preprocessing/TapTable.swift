import GraftImageKernels

/// The weights of one pass, in arrays that are reused.
struct TapTable {
  private var ranges: [GraftTapRange] = []
  private var weights: [Int32] = []
  private var scratch: [Double] = []
  private var stride = 1
  private var count = 0

  /// Computes the weights of results `first ..< first + count` of a pass from `sourceCount` pixels
  /// to `resultCount`.
  mutating func compute(
    _ filter: GraftFilter, from sourceCount: Int, to resultCount: Int, first: Int, count: Int
  ) {
    stride = Int(graft_tap_limit(filter, Int32(sourceCount), Int32(resultCount)))
    self.count = count
    grow(&ranges, to: count, GraftTapRange())
    grow(&weights, to: count * stride, 0)
    grow(&scratch, to: stride, 0)
    graft_compute_taps(
      filter, Int32(sourceCount), Int32(resultCount), Int32(first), Int32(count), &scratch,
      &ranges, &weights)
  }

  private func grow<Element>(_ array: inout [Element], to count: Int, _ filler: Element) {
    if array.count < count {
      array.append(contentsOf: repeatElement(filler, count: count - array.count))
    }
  }

  /// The source pixels that a range of results is made of.
  func span(of results: Range<Int>) -> Range<Int> {
    let last = ranges[results.upperBound - 1]
    return Int(ranges[results.lowerBound].first)..<Int(last.first + last.count)
  }

  /// The greatest span of any band of `height` results.
  func greatestSpan(ofBandsOf height: Int) -> Int {
    var greatest = 0
    for top in Swift.stride(from: 0, to: count, by: height) {
      greatest = max(greatest, span(of: top..<min(top + height, count)).count)
    }
    return greatest
  }

  /// Passes the weights from result `first` on.
  func withTaps<Result>(from first: Int = 0, _ body: (GraftTaps) -> Result) -> Result? {
    ranges.withUnsafeBufferPointer { ranges in
      weights.withUnsafeBufferPointer { weights in
        guard let rangeBase = ranges.baseAddress, let weightBase = weights.baseAddress else {
          return nil
        }
        return body(
          GraftTaps(
            ranges: rangeBase + first, weights: weightBase + first * stride,
            stride: Int32(stride)))
      }
    }
  }
}
