import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension BatchNormalizationTraining: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (rows, channels) = problem.rowsAndColumns
    return [
      vectorized(rows, channels, on: device)
    ]
  }

  private func vectorized(_ rows: Int, _ channels: Int, on device: CPUDevice) -> CPULowering {
    let (epsilon, parts) = (epsilon, RowParts(rows: rows, maximumParts: 256))
    let partialCount = parts.count * channels
    let workspaceCount = channels + 2 * partialCount
    return CPULowering("vector", on: device, workspaceCount: workspaceCount) { data in
      let (x, gamma, beta) = (data.operand(0), data.operand(1), data.operand(2))
      let (y, mean, variance) = (data.result(0), data.result(1), data.result(2))
      let scale = data.workspace
      let (means, squares) = (scale + channels, scale + channels + partialCount)
      return [
        Stage(taskCount: parts.count) { part, _ in
          graft_moments_of_rows(
            x + parts[part].lowerBound * channels, parts[part].count, channels,
            means + part * channels, squares + part * channels)
        },
        Stage {
          graft_merge_moments(
            means, squares, parts.count, parts.rowsPerPart, rows, channels, mean, variance)
          for c in 0..<channels { scale[c] = gamma[c] / (variance[c] + epsilon).squareRoot() }
        },
        // What was read last may still be in a cache: backwards.
        Stage(taskCount: parts.count) { task, _ in
          let part = parts.count - 1 - task
          let i = parts[part].lowerBound * channels
          graft_normalize_rows(x + i, mean, scale, beta, y + i, parts[part].count, channels)
        },
      ]
    }
  }

}

extension BatchNormalizationTrainingGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (rows, channels) = problem.rowsAndColumns
    return [
      vectorized(rows, channels, on: device)
    ]
  }

  private func vectorized(_ rows: Int, _ channels: Int, on device: CPUDevice) -> CPULowering {
    let (epsilon, parts) = (epsilon, RowParts(rows: rows, maximumParts: 256))
    let width = 2 * channels
    let workspaceCount = 4 * channels + parts.count * width
    return CPULowering("vector", on: device, workspaceCount: workspaceCount) { data in
      let (x, gamma, mean) = (data.operand(0), data.operand(1), data.operand(2))
      let (variance, gradient) = (data.operand(3), data.operand(4))
      let (dx, dGamma, dBeta) = (data.result(0), data.result(1), data.result(2))
      let (factor, slope) = (data.workspace, data.workspace + channels)
      let offset = data.workspace + 2 * channels
      let partial = data.workspace + 4 * channels
      return [
        Stage(taskCount: parts.count) { part, _ in
          let i = parts[part].lowerBound * channels
          graft_normalization_sums(
            x + i, gradient + i, mean, parts[part].count, channels, partial + part * width,
            partial + part * width + channels)
        },
        Stage {
          // The sums of both kinds lie where slope and offset will.
          graft_sum_rows(partial, parts.count, width, slope)
          for c in 0..<channels {
            let inverse = 1 / (variance[c] + epsilon).squareRoot()
            dBeta[c] = slope[c]
            dGamma[c] = offset[c] * inverse
            factor[c] = gamma[c] * inverse
            slope[c] = -factor[c] * inverse * dGamma[c] / Float(rows)
            offset[c] = -factor[c] * dBeta[c] / Float(rows)
          }
        },
        // What was read last may still be in a cache: backwards.
        Stage(taskCount: parts.count) { task, _ in
          let part = parts.count - 1 - task
          let i = parts[part].lowerBound * channels
          graft_normalization_gradient_rows(
            x + i, gradient + i, mean, factor, slope, offset, dx + i, parts[part].count, channels)
        },
      ]
    }
  }

}
