import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Combine.Function {
  fileprivate var kernel: graft_combination {
    switch self {
    case .add: GRAFT_ADD
    case .subtract: GRAFT_SUBTRACT
    case .multiply: GRAFT_MULTIPLY
    }
  }
}

/// How a small tensor's elements repeat in a large one, as loops see it: `samples` times `pixels`
/// rows of `channels`.
struct Repetition {
  let broadcast: Broadcast
  let samples: Int
  let pixels: Int
  let channels: Int

  init?(of small: Shape, in large: Shape) {
    guard let broadcast = Broadcast(from: small, to: large) else { return nil }
    self.broadcast = broadcast
    channels = max(1, large.extents.last ?? 1)
    samples = broadcast == .sampleChannels ? large[0] : 1
    pixels = large.count / (channels * max(1, samples))
  }

  var count: Int { samples * pixels * channels }

  /// Work on rows of channels, a range at a time, none of which crosses samples.
  func rows(_ run: @escaping (_ sample: Int, _ rows: Range<Int>) -> Void) -> Stage {
    let length = max(1, (1 << 14) / channels)
    let parts = (pixels + length - 1) / length
    return Stage(taskCount: samples * parts) { [pixels] task, _ in
      let (sample, part) = (task / parts, task % parts)
      let first = sample * pixels
      run(sample, first + part * length..<first + min(pixels, (part + 1) * length))
    }
  }
}

extension Combine: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat,
      let repetition = Repetition(of: problem.operands[1].shape, in: problem.operands[0].shape)
    else { return [] }
    let function = function
    return [
      CPULowering("vector", on: device) { data in
        [Self.stage(function.kernel, repetition, data)]
      }
    ]
  }

  private static func stage(
    _ kernel: graft_combination, _ repetition: Repetition, _ data: BoundData
  ) -> Stage {
    let (left, right, result) = (data.operand(0), data.operand(1), data.result())
    let channels = repetition.channels
    switch repetition.broadcast {
    case .same:
      return Stage(over: repetition.count, rangeCount: 1 << 14) {
        let i = $0.lowerBound
        graft_combine(kernel, left + i, right + i, result + i, $0.count)
      }
    case .scalar:
      return Stage(over: repetition.count, rangeCount: 1 << 14) {
        let i = $0.lowerBound
        graft_combine_scalar(kernel, left + i, right[0], result + i, $0.count)
      }
    case .channels, .sampleChannels:
      return repetition.rows { sample, rows in
        let i = rows.lowerBound * channels
        graft_combine_rows(
          kernel, left + i, right + sample * channels, result + i, rows.count, channels)
      }
    }
  }
}

extension Expand: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat, let repetition = Repetition(of: problem.operands[0].shape, in: shape)
    else { return [] }
    let channels = repetition.channels
    return [
      CPULowering("copy", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          repetition.rows { sample, rows in
            let (to, count) = (y + rows.lowerBound * channels, rows.count)
            switch repetition.broadcast {
            case .same:
              graft_copy_rows(
                x + rows.lowerBound * channels, channels, to, channels, count, channels)
            case .channels, .sampleChannels:
              graft_copy_rows(x + sample * channels, 0, to, channels, count, channels)
            case .scalar: graft_fill(x[0], to, count * channels)
            }
          }
        ]
      }
    ]
  }
}

extension Scale: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (factor, count) = (factor, problem.results[0].shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let (x, y) = (data.operand(0), data.result())
        return {
          graft_combine_scalar(
            GRAFT_MULTIPLY, x + $0.lowerBound, factor, y + $0.lowerBound, $0.count)
        }
      }
    ]
  }
}

extension Fill: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (value, count) = (value, shape.count)
    return [
      device.elementwise("vector", count: count) { data in
        let result = data.result()
        return { graft_fill(value, result + $0.lowerBound, $0.count) }
      }
    ]
  }
}
