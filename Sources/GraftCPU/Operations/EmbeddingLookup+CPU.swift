import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension EmbeddingLookup: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    let (table, count) = (problem.operands[0], problem.operands[1].shape.count)
    guard table.elementType == .float32 else { return [] }
    let (rows, channels) = (table.shape[0], table.shape[1])
    return [
      CPULowering("copy", on: device) { data in
        let (table, indices, result) = (data.operand(0), data.integers(1), data.result())
        return [
          Stage(over: count, rangeCount: max(1, (1 << 14) / max(1, channels))) {
            for place in $0 {
              let (row, target) = (Int(indices[place]), result + place * channels)
              if 0..<rows ~= row {
                target.update(from: table + row * channels, count: channels)
              } else {
                target.update(repeating: 0, count: channels)
              }
            }
          }
        ]
      }
    ]
  }
}

extension EmbeddingGradient: CPUOperation {
  /// Each task owns some rows of the table and looks through all indices for them: sums are added in
  /// the indices' order, whatever the number of threads.
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    let (count, result) = (problem.operands[0].shape.count, problem.results[0])
    guard result.elementType == .float32 else { return [] }
    let (rows, channels) = (rows, result.shape[1])
    return [
      CPULowering("rows", on: device) { data in
        let (indices, gradient, result) = (data.integers(0), data.operand(1), data.result())
        return [
          Stage(over: rows, rangeCount: max(16, rows.dividedRoundingUp(by: 64))) { own in
            (result + own.lowerBound * channels).update(
              repeating: 0, count: own.count * channels)
            for place in 0..<count where own ~= Int(indices[place]) {
              let target = result + Int(indices[place]) * channels
              graft_combine(
                GRAFT_ADD, target, gradient + place * channels, target, channels)
            }
          }
        ]
      }
    ]
  }
}
