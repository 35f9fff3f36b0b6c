/// Where the elements of a tensor lie among the elements of a storage.
///
/// Permuting axes changes only this description; the elements move once, when they are loaded.
struct StridedView: Hashable, Sendable {
  /// The storage's element at which the tensor starts.
  private(set) var offset: Int
  private(set) var extents: [Int]
  /// How many elements of the storage lie between neighbours along each axis.
  private(set) var strides: [Int]
  /// The number of elements.
  let count: Int
  /// How many elements the storage must have.
  let requiredCount: Int

  /// A view, or nil when its extents or strides are negative, differ in number, or overflow.
  init?(offset: Int, extents: [Int], strides: [Int]) {
    guard offset >= 0, extents.count == strides.count, let count = Self.count(of: extents),
      strides.allSatisfy({ $0 >= 0 })
    else { return nil }
    var last = offset
    for (extent, stride) in zip(extents, strides) where count > 0 {
      let (distance, overflowed) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, sumOverflowed) = last.addingReportingOverflow(distance)
      guard !overflowed, !sumOverflowed, sum < Int.max else { return nil }
      last = sum
    }
    self.offset = offset
    self.extents = extents
    self.strides = strides
    self.count = count
    requiredCount = count == 0 ? 0 : last + 1
  }

  /// A dense row-major view, or nil when the extents are negative or their product overflows.
  init?(_ extents: [Int]) {
    guard Self.count(of: extents) != nil else { return nil }
    self.init(offset: 0, extents: extents, strides: Self.denseStrides(extents))
  }

  /// The same elements with the axes in another order: axis `i` of the result is `axes[i]` of this.
  func permuted(_ axes: [Int]) -> StridedView {
    precondition(axes.sorted() == Array(extents.indices), "not a permutation of the axes: \(axes)")
    var result = self
    result.extents = axes.map { extents[$0] }
    result.strides = axes.map { strides[$0] }
    return result
  }

  /// The same elements with axes split, so that the extents become `factors`; axes of extent 1
  /// come and go.
  func refined(into factors: [Int]) -> StridedView {
    var strides = [Int](repeating: 0, count: factors.count)
    var axis = extents.count - 1
    var (rest, stride) = (1, 0)
    for position in factors.indices.reversed() where factors[position] != 1 {
      while rest == 1, axis >= 0 {
        (rest, stride) = (extents[axis], self.strides[axis])
        axis -= 1
      }
      precondition(
        factors[position] > 0 && rest.isMultiple(of: factors[position]),
        "\(extents) cannot be split into \(factors)")
      strides[position] = stride
      stride *= factors[position]
      rest /= factors[position]
    }
    var result = self
    result.extents = factors
    result.strides = strides
    return result
  }

  /// Drops axes of extent 1 and joins neighbouring axes that are dense with respect to each other.
  func simplified() -> StridedView {
    var result = self
    result.extents = []
    result.strides = []
    for (extent, stride) in zip(extents, strides) where extent != 1 {
      if let last = result.extents.indices.last, result.strides[last] == extent * stride {
        result.extents[last] *= extent
        result.strides[last] = stride
      } else {
        result.extents.append(extent)
        result.strides.append(stride)
      }
    }
    return result
  }

  /// The product of the extents, or nil when one is negative or any order of them overflows.
  static func count(of extents: [Int]) -> Int? {
    var product = 1
    for extent in extents {
      guard extent >= 0 else { return nil }
      let (next, overflowed) = product.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflowed else { return nil }
      product = next
    }
    return extents.contains(0) ? 0 : product
  }

  /// The strides of a dense row-major tensor; extents of zero count as one, so nothing overflows.
  private static func denseStrides(_ extents: [Int]) -> [Int] {
    var strides = extents
    var stride = 1
    for axis in extents.indices.reversed() {
      strides[axis] = stride
      stride *= max(extents[axis], 1)
    }
    return strides
  }
}
