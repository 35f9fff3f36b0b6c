/// How many zeros a layer adds around its image.
public enum ImagePadding: Hashable, Sendable {
  /// None.
  case valid
  /// As many as keep the size (rounded up after strides), as TensorFlow counts them: from the
  /// actual size of the image, the odd one at the bottom and the right.
  case same
  /// Half of the kernel's reach on each side, whatever the strides: PyTorch's habit.
  case centered
  /// So many on each side.
  case symmetric(Int)
  case explicit(EdgePadding)

  /// The padding in numbers.
  ///
  /// - Parameter reach: The height and width that a dilated kernel or window covers.
  func edges(around image: Extent2D, reach: Extent2D, strides: Extent2D) -> EdgePadding {
    switch self {
    case .valid: return EdgePadding()
    case .same:
      let rows = Self.same(image.height, reach.height, strides.height)
      let columns = Self.same(image.width, reach.width, strides.width)
      return EdgePadding(
        top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
    case .centered:
      let (rows, columns) = ((reach.height - 1) / 2, (reach.width - 1) / 2)
      return EdgePadding(top: rows, bottom: rows, left: columns, right: columns)
    case .symmetric(let count): return EdgePadding(count)
    case .explicit(let edges): return edges
    }
  }

  private static func same(_ extent: Int, _ reach: Int, _ stride: Int) -> Int {
    let count = (extent + stride - 1) / stride
    return max((count - 1) * stride + reach - extent, 0)
  }
}

extension EdgePadding {
  var isNegative: Bool { [top, bottom, left, right].contains { $0 < 0 } }
}

extension Extent2D {
  var isPositive: Bool { height > 0 && width > 0 }

  /// What a kernel of this size covers when its elements lie `dilation` apart.
  func dilated(by dilation: Extent2D) -> Extent2D {
    Extent2D(dilation.height * (height - 1) + 1, dilation.width * (width - 1) + 1)
  }
}
