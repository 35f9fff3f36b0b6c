import GraftGraph

/// A box of elements that moves from one tensor to another.
struct BoxCopy {
  /// One axis of the box and what lies between its neighbours, in elements.
  private struct Axis {
    var extent: Int
    var sourceStride: Int
    var targetStride: Int
  }

  private var axes: [Axis]
  private let sourceFirst: Int
  private let targetFirst: Int

  /// - Parameters:
  ///   - shape: Of the box.
  ///   - sourceStarts: Where the box begins in the source.
  ///   - targetStarts: Where it begins in the target.
  init(
    _ shape: Shape, from source: Shape, at sourceStarts: [Int], to target: Shape,
    at targetStarts: [Int]
  ) {
    let (sourceStrides, targetStrides) = (Self.strides(of: source), Self.strides(of: target))
    sourceFirst = zip(sourceStrides, sourceStarts).reduce(0) { $0 + $1.0 * $1.1 }
    targetFirst = zip(targetStrides, targetStarts).reduce(0) { $0 + $1.0 * $1.1 }
    axes = []
    for index in shape.extents.indices.reversed() where shape[index] != 1 || axes.isEmpty {
      append(
        Axis(
          extent: shape[index], sourceStride: index == shape.rank - 1 ? 1 : sourceStrides[index],
          targetStride: index == shape.rank - 1 ? 1 : targetStrides[index]))
    }
  }

  /// Whether a kernel has enough axes for it.
  var isSupported: Bool { axes.count <= 4 }

  // Axes from the innermost out; two that are contiguous in both tensors become one.
  private mutating func append(_ axis: Axis) {
    if let inner = axes.last, axis.sourceStride == inner.extent * inner.sourceStride,
      axis.targetStride == inner.extent * inner.targetStride
    {
      axes[axes.count - 1].extent *= axis.extent
    } else {
      axes.append(axis)
    }
  }

  private static func strides(of shape: Shape) -> [Int] {
    var strides = Array(repeating: 1, count: shape.rank)
    for axis in strides.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  func call(from source: OpenCLSlice, to target: OpenCLSlice, on device: OpenCLDevice) -> KernelCall
  {
    precondition(isSupported, "a box of more than four axes")
    let count = axes.reduce(1) { $0 * $1.extent }
    let outer =
      axes.dropFirst()
      + Array(
        repeating: Axis(extent: 1, sourceStride: 0, targetStride: 0), count: 4 - axes.count)
    let extents =
      [axes[0].extent, sourceFirst, targetFirst]
      + outer.flatMap { [$0.sourceStride, $0.targetStride] }
    return device.elementwise(
      "copy_box", in: "movement/copy.cl", count: count, along: extents
    ) { width in
      let outermostFirst = Array(outer.reversed())
      let sizes: [any KernelArgument] = [
        outermostFirst[1].extent, outermostFirst[2].extent, axes[0].extent / width,
      ]
      return sizes
        + outermostFirst.map { $0.sourceStride / width } + [sourceFirst / width]
        + outermostFirst.map { $0.targetStride / width } + [targetFirst / width, source, target]
    }
  }
}
