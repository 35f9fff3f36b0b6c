import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// 1 / Σ mask, which a sequence's places are weighed by, or 0 where nothing is kept.
private func factor(_ mask: UnsafePointer<Float>, count: Int) -> Float {
  var sum: Float = 0
  for place in 0..<count { sum += mask[place] }
  return sum == 0 ? 0 : 1 / sum
}

extension MaskedMean: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let x = problem.operands[0].shape
    let (samples, length, channels) = (x[0], x[1], x[2])
    return [
      CPULowering("rows", on: device) { data in
        let (x, mask, result) = (data.operand(0), data.operand(1), data.result())
        return [
          Stage(taskCount: samples) { sample, _ in
            let target = result + sample * channels
            target.update(repeating: 0, count: channels)
            let own = mask + sample * length
            for place in 0..<length where own[place] != 0 {
              let row = x + (sample * length + place) * channels
              for c in 0..<channels { target[c] += own[place] * row[c] }
            }
            let factor = factor(own, count: length)
            for c in 0..<channels { target[c] *= factor }
          }
        ]
      }
    ]
  }
}

extension MaskedMeanGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let result = problem.results[0].shape
    let (samples, length, channels) = (result[0], result[1], result[2])
    return [
      CPULowering("rows", on: device) { data in
        let (mask, gradient, result) = (data.operand(0), data.operand(1), data.result())
        return [
          Stage(taskCount: samples) { sample, _ in
            let (own, upstream) = (mask + sample * length, gradient + sample * channels)
            let factor = factor(own, count: length)
            for place in 0..<length {
              let (row, share) = (
                result + (sample * length + place) * channels, own[place] * factor
              )
              for c in 0..<channels { row[c] = share * upstream[c] }
            }
          }
        ]
      }
    ]
  }
}
