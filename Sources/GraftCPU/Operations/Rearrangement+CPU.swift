import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Reshape: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let count = shape.count
    return [
      device.elementwise("copy", count: count) { data in
        let (x, y) = (data.operand(0), data.result())
        return { (y + $0.lowerBound).update(from: x + $0.lowerBound, count: $0.count) }
      }
    ]
  }
}

extension Concatenation: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let shape = problem.results[0].shape
    let outer = shape.extents[..<axis].reduce(1, *)
    let inner = shape.extents[(axis + 1)...].reduce(1, *)
    let widths = problem.operands.map { $0.shape[axis] * inner }
    let width = widths.reduce(0, +)
    return [
      CPULowering("copy", on: device) { data in
        let (result, rowsPerTask) = (data.result(), max(1, (1 << 16) / max(1, width)))
        let sources = widths.indices.map { data.operand($0) }
        return [
          Stage(over: outer, rangeCount: rowsPerTask) {
            var to = result + $0.lowerBound * width
            for (source, own) in zip(sources, widths) {
              graft_copy_rows(source + $0.lowerBound * own, own, to, width, $0.count, own)
              to += own
            }
          }
        ]
      }
    ]
  }
}

/// A box inside a larger tensor, both laid out row by row.
private struct Box {
  let starts: [Int]
  let box: [Int]
  let whole: [Int]

  /// The rows of the box along its last axis.
  var rowCount: Int { box.dropLast().reduce(1, *) }
  var rowLength: Int { box.last ?? 1 }

  /// Where a row of the box begins in the whole.
  func place(ofRow row: Int) -> Int {
    var (rest, place, step) = (row, starts.last ?? 0, whole.last ?? 1)
    for axis in box.indices.dropLast().reversed() {
      place += (rest % box[axis] + starts[axis]) * step
      rest /= box[axis]
      step *= whole[axis]
    }
    return place
  }

  func stage(_ run: @escaping (_ row: Int) -> Void) -> Stage {
    Stage(over: rowCount, rangeCount: max(1, (1 << 16) / max(1, rowLength))) { rows in
      for row in rows { run(row) }
    }
  }
}

extension Slice: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let box = Box(
      starts: starts, box: shape.extents, whole: problem.operands[0].shape.extents)
    let length = box.rowLength
    return [
      CPULowering("copy", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          box.stage { (y + $0 * length).update(from: x + box.place(ofRow: $0), count: length) }
        ]
      }
    ]
  }
}

extension Padding: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let shape = problem.results[0].shape
    let box = Box(
      starts: before, box: problem.operands[0].shape.extents, whole: shape.extents)
    let (length, value) = (box.rowLength, value)
    return [
      CPULowering("copy", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          Stage(over: shape.count, rangeCount: 1 << 16) {
            graft_fill(value, y + $0.lowerBound, $0.count)
          },
          box.stage { (y + box.place(ofRow: $0)).update(from: x + $0 * length, count: length) },
        ]
      }
    ]
  }
}
