import GraftCPUKernels
import GraftRuntime

/// How a weight is brought into the panels of the register tile: as parts, each a matrix.
struct WeightPacking {
  /// A depth × columns matrix within the plain weight, and its place in the packed one.
  struct Part {
    var offset: Int
    var depthStride: Int
    var columnStride: Int
    var depth: Int
    var columns: Int
    var packedOffset: Int
    /// Floats from one panel to the next: more than its size where parts share panels.
    var panelStride: Int
  }

  private(set) var parts: [Part] = []
  /// The size of the packed form, in floats.
  private(set) var count = 0

  /// Adds a whole matrix and returns where it lies in the packed form.
  mutating func add(
    offset: Int, depthStride: Int, columnStride: Int, depth: Int, columns: Int
  ) -> Int {
    let place = reserve(depth: depth, columns: columns)
    addSlab(
      offset: offset, depthStride: depthStride, columnStride: columnStride, depth: depth,
      columns: columns, at: place, startingAt: 0, of: depth)
    return place
  }

  /// Makes room for a depth × columns matrix and returns its place.
  mutating func reserve(depth: Int, columns: Int) -> Int {
    defer { count += graft_gemm_packed_count(depth, columns) }
    return count
  }

  /// Adds some rows of a matrix of `wholeDepth` rows that lies at `place`.
  mutating func addSlab(
    offset: Int, depthStride: Int, columnStride: Int, depth: Int, columns: Int, at place: Int,
    startingAt firstDepth: Int, of wholeDepth: Int
  ) {
    let width = graft_gemm_tile_columns()
    parts.append(
      Part(
        offset: offset, depthStride: depthStride, columnStride: columnStride, depth: depth,
        columns: columns, packedOffset: place + firstDepth * width,
        panelStride: wholeDepth * width))
  }

  /// Packs all parts, some panels of one in each task.
  func stage(_ plain: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>) -> Stage {
    let width = graft_gemm_tile_columns()
    var tasks: [(part: Part, panels: Range<Int>)] = []
    for part in parts {
      let panelCount = (part.columns + width - 1) / width
      let panelsPerTask = max(1, (1 << 15) / max(1, part.depth * width))
      for first in stride(from: 0, to: panelCount, by: panelsPerTask) {
        tasks.append((part, first..<min(panelCount, first + panelsPerTask)))
      }
    }
    return Stage(taskCount: tasks.count) { task, _ in
      let (part, panels) = tasks[task]
      graft_gemm_pack(
        plain + part.offset, part.depthStride, part.columnStride, part.depth, part.columns,
        panels.lowerBound, panels.upperBound, packed + part.packedOffset, part.panelStride)
    }
  }
}
