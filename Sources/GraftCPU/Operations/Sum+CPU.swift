import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// How rows are split into parts whose sums are then added: by the extents alone, so that results
/// don't depend on the number of threads.
struct RowParts {
  let rows: Int
  let rowsPerPart: Int

  init(rows: Int, maximumParts: Int = 64) {
    self.rows = rows
    rowsPerPart = max(128, (rows + maximumParts - 1) / maximumParts)
  }

  var count: Int { max(1, (rows + rowsPerPart - 1) / rowsPerPart) }

  subscript(part: Int) -> Range<Int> {
    part * rowsPerPart..<min(rows, (part + 1) * rowsPerPart)
  }
}

extension Sum: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat, let repetition = Repetition(of: shape, in: problem.operands[0].shape)
    else { return [] }
    return [
      vectorized(repetition, on: device)
    ]
  }

  private func vectorized(_ repetition: Repetition, on device: CPUDevice) -> CPULowering {
    let (channels, pixels) = (repetition.channels, repetition.pixels)
    switch repetition.broadcast {
    case .same:
      return device.elementwise("copy", count: repetition.count) { data in
        let (x, y) = (data.operand(0), data.result())
        return { (y + $0.lowerBound).update(from: x + $0.lowerBound, count: $0.count) }
      }
    case .sampleChannels:
      return CPULowering("vector", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          Stage(taskCount: repetition.samples) { sample, _ in
            graft_sum_rows(
              x + sample * pixels * channels, pixels, channels, y + sample * channels)
          }
        ]
      }
    case .channels:
      let parts = RowParts(rows: pixels)
      return CPULowering("vector", on: device, workspaceCount: parts.count * channels) { data in
        let (x, y, partial) = (data.operand(0), data.result(), data.workspace)
        return [
          Stage(taskCount: parts.count) { part, _ in
            let rows = parts[part]
            graft_sum_rows(
              x + rows.lowerBound * channels, rows.count, channels, partial + part * channels)
          },
          Stage { graft_sum_rows(partial, parts.count, channels, y) },
        ]
      }
    case .scalar:
      return device.total("vector", count: repetition.count) { graft_sum($0, $1) }
    }
  }
}

extension CPUDevice {
  /// The sum over all elements of an operand, of what `sum` makes of a range.
  fileprivate func total(
    _ name: String, count: Int, _ sum: @escaping (UnsafePointer<Float>, Int) -> Float
  ) -> CPULowering {
    let parts = RowParts(rows: count, maximumParts: 1024)
    return CPULowering(name, on: self, workspaceCount: parts.count) { data in
      let (x, y, partial) = (data.operand(0), data.result(), data.workspace)
      return [
        Stage(over: parts.count, rangeCount: 16) {
          for part in $0 { partial[part] = sum(x + parts[part].lowerBound, parts[part].count) }
        },
        Stage {
          var total = 0.0
          for part in 0..<parts.count { total += Double(partial[part]) }
          y[0] = Float(total)
        },
      ]
    }
  }
}

extension SumOfSquares: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let count = problem.operands[0].shape.count
    return [
      device.total("vector", count: count) { graft_sum_of_squares($0, $1) }
    ]
  }
}
