/// How work is cut into work-items: a CPU device takes few that loop, a GPU many that do little.
extension OpenCLDevice {
  /// Whether loops within work-items beat work-groups that share local memory.
  var isCPU: Bool { traits.kind == .cpu }

  /// The floats of a hardware vector, at least 4: what register tiles are made of.
  var registerWidth: Int { max(4, min(16, description.floatVectorWidth)) }

  /// The widest vector that divides all extents.
  func vectorWidth(dividing extents: [Int]) -> Int {
    let widths = isCPU ? [16, 8, 4, 2].filter { $0 <= registerWidth } : [4, 2]
    return widths.first { width in extents.allSatisfy { $0 % width == 0 } } ?? 1
  }

  /// The vectors that one work-item of an element-wise kernel takes.
  var elementwiseRun: Int { isCPU ? 256 : 1 }

  /// The size of a work-group along the axis that has `count` work-items.
  func groupWidth(for count: Int) -> Int {
    if isCPU { return 1 }
    var width = 1
    while width < min(count, 64) { width *= 2 }
    return min(width, description.largestWorkGroup)
  }

  /// One work-item a thing along the first axis, grouped along it.
  func range(_ x: Int, _ y: Int = 1, _ z: Int = 1) -> WorkRange {
    WorkRange(x, y, z, group: SIMD3(groupWidth(for: x), 1, 1))
  }

  /// A call of an element-wise kernel, whose first argument is the count of vectors.
  ///
  /// - Parameters:
  ///   - count: The elements of the result.
  ///   - extents: What vectors must also divide, such as the count of channels.
  ///   - arguments: The other arguments for a width of vectors.
  func elementwise(
    _ kernel: String, in file: String, count: Int, along extents: [Int] = [],
    macros: [String: String] = [:], arguments: (_ width: Int) -> [any KernelArgument]
  ) -> KernelCall {
    let width = vectorWidth(dividing: [count] + extents)
    let run = elementwiseRun
    let itemCount = (count / width).dividedRoundingUp(by: run)
    return KernelCall(
      kernel, in: file,
      macros: macros.merging(["VECTOR_WIDTH": "\(width)", "RUN": "\(run)"]) { $1 },
      arguments: [count / width] + arguments(width), range: range(itemCount))
  }
}
