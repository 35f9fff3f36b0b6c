import GraftCPUKernels
import GraftGraph
import GraftRuntime

/// Rows of channels, a range at a time.
private func rowStage(
  _ rows: Int, _ channels: Int, _ run: @escaping (_ rows: Range<Int>) -> Void
) -> Stage {
  Stage(over: rows, rangeCount: max(1, (1 << 14) / max(1, channels)), run: run)
}

extension BatchNormalization: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, channels), epsilon) = (problem.rowsAndColumns, epsilon)
    return [
      CPULowering("vector", on: device, workspaceCount: channels) { data in
        let (x, gamma, beta) = (data.operand(0), data.operand(1), data.operand(2))
        let (mean, variance) = (data.operand(3), data.operand(4))
        let (scale, result) = (data.workspace, data.result())
        return [
          Stage {
            for c in 0..<channels { scale[c] = gamma[c] / (variance[c] + epsilon).squareRoot() }
          },
          rowStage(rows, channels) {
            let i = $0.lowerBound * channels
            graft_normalize_rows(x + i, mean, scale, beta, result + i, $0.count, channels)
          },
        ]
      }
    ]
  }
}

extension NormalizationScale: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (count, epsilon) = (problem.results[0].shape.count, epsilon)
    return [
      device.elementwise("plain", count: count) { data in
        let (gamma, variance, scale) = (data.operand(0), data.operand(1), data.result())
        return { for c in $0 { scale[c] = gamma[c] / (variance[c] + epsilon).squareRoot() } }
      }
    ]
  }
}

extension MovingAverage: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (count, decay, correction) = (problem.results[0].shape.count, decay, correction)
    return [
      device.elementwise("plain", count: count) { data in
        let (old, new, result) = (data.operand(0), data.operand(1), data.result())
        return { for c in $0 { result[c] = old[c] * decay + new[c] * (1 - decay) * correction } }
      }
    ]
  }
}

/// The partial sums that both gradients of a batch normalization need.
private struct NormalizationSums {
  let parts: RowParts
  let channels: Int

  init(rows: Int, channels: Int) {
    (parts, self.channels) = (RowParts(rows: rows), channels)
  }

  /// Partial sums of both kinds, then their totals.
  var workspaceCount: Int { (parts.count + 1) * 2 * channels }

  /// Leaves Σ gradient and Σ gradient · (x - mean) at the start of the workspace.
  func stages(
    x: UnsafePointer<Float>, gradient: UnsafePointer<Float>, mean: UnsafePointer<Float>,
    workspace: UnsafeMutablePointer<Float>
  ) -> [Stage] {
    let (width, parts, channels) = (2 * channels, parts, channels)
    let partial = workspace + width
    return [
      Stage(taskCount: parts.count) { part, _ in
        let i = parts[part].lowerBound * channels
        graft_normalization_sums(
          x + i, gradient + i, mean, parts[part].count, channels, partial + part * width,
          partial + part * width + channels)
      },
      Stage { graft_sum_rows(partial, parts.count, width, workspace) },
    ]
  }
}

extension BatchNormalizationParameterGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, channels), epsilon) = (problem.rowsAndColumns, epsilon)
    let sums = NormalizationSums(rows: rows, channels: channels)
    return [
      CPULowering("vector", on: device, workspaceCount: sums.workspaceCount) { data in
        let (variance, total) = (data.operand(2), data.workspace)
        let stages = sums.stages(
          x: data.operand(0), gradient: data.operand(3), mean: data.operand(1), workspace: total)
        let (gamma, beta) = (data.result(0), data.result(1))
        return stages + [
          Stage {
            for c in 0..<channels {
              gamma[c] = total[channels + c] / (variance[c] + epsilon).squareRoot()
              beta[c] = total[c]
            }
          }
        ]
      }
    ]
  }
}
