import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Dropout: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.operands[0].elementType == .float32 else { return [] }
    let (dropout, count) = (self, problem.results[0].shape.count)
    let scale = 1 / (1 - rate)
    return [
      device.elementwise("vector", count: count) { data in
        let (x, y) = (data.operand(0), data.result())
        return {
          let keys = dropout.keys(data)
          graft_dropout(
            x + $0.lowerBound, y + $0.lowerBound, $0.lowerBound, $0.count, keys.first,
            keys.second, dropout.threshold, scale)
        }
      },
      .naive(on: device) { data in
        let (x, y, keys) = (data.operand(0), data.result(), dropout.keys(data))
        for i in 0..<count {
          let hash = Self.mix(Self.mix(UInt32(truncatingIfNeeded: i) ^ keys.first) ^ keys.second)
          y[i] = hash >= dropout.threshold ? x[i] * scale : 0
        }
      },
    ]
  }

  /// What an element's index is hashed with; the seed is read anew in each run.
  private func keys(_ data: BoundData) -> (first: UInt32, second: UInt32) {
    let seed = UnsafeRawPointer(data.operand(1))
    let first = seed.load(as: UInt32.self)
    let second = seed.load(fromByteOffset: 4, as: UInt32.self)
    return (first, second &+ UInt32(truncatingIfNeeded: stream) &* 0x9E37_79B9)
  }
}
