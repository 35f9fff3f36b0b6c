import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Dropout: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.operands[0].elementType == .float32 else { return [] }
    let (dropout, count) = (self, problem.results[0].shape.count)
    let rowLength = count / problem.results[0].shape[0]
    let scale = 1 / (1 - rate)
    return [
      device.elementwise("vector", count: count) { data in
        let (x, y) = (data.operand(0), data.result())
        return { range in
          var start = range.lowerBound
          while start < range.upperBound {
            let (row, first) = start.quotientAndRemainder(dividingBy: rowLength)
            let end = min(range.upperBound, (row + 1) * rowLength)
            let keys = dropout.keys(ofRow: row, data)
            graft_dropout(
              x + start, y + start, first, end - start, keys.first, keys.second,
              dropout.threshold, scale)
            start = end
          }
        }
      }
    ]
  }

  /// What the indices within a sample are hashed with; the seeds are read anew in each run.
  private func keys(ofRow row: Int, _ data: BoundData) -> (first: UInt32, second: UInt32) {
    let seeds = UnsafeRawPointer(data.operand(1))
    let first = seeds.load(fromByteOffset: 8 * row, as: UInt32.self)
    let second = seeds.load(fromByteOffset: 8 * row + 4, as: UInt32.self)
    return (first, second &+ UInt32(truncatingIfNeeded: stream) &* 0x9E37_79B9)
  }
}
