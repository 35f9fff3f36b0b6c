import COpenCL

/// How many work-items run a kernel, and how they are grouped.
struct WorkRange: Hashable, Sendable {
  /// The work-items along each axis, a multiple of the group.
  let global: SIMD3<Int>
  /// The work-items of one group along each axis.
  let group: SIMD3<Int>

  /// Rounds the wanted counts up to whole groups.
  init(_ x: Int, _ y: Int = 1, _ z: Int = 1, group: SIMD3<Int> = SIMD3(1, 1, 1)) {
    let wanted = SIMD3(max(x, 1), max(y, 1), max(z, 1))
    self.group = group
    global = (wanted &+ group &- 1) / group &* group
  }

  /// Passes the axes and the sizes in the form that OpenCL takes.
  func withSizes<Result>(
    _ body: (cl_uint, UnsafePointer<Int>, UnsafePointer<Int>) -> Result
  ) -> Result {
    withUnsafePointer(to: global) { global in
      withUnsafePointer(to: group) { group in
        global.withMemoryRebound(to: Int.self, capacity: 3) { global in
          group.withMemoryRebound(to: Int.self, capacity: 3) { group in body(3, global, group) }
        }
      }
    }
  }
}
