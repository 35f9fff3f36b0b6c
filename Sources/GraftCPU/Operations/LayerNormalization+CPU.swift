import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension LayerNormalization: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, channels), epsilon) = (problem.rowsAndColumns, epsilon)
    return [
      CPULowering("vector", on: device) { data in
        let (x, gamma, beta) = (data.operand(0), data.operand(1), data.operand(2))
        let result = data.result()
        return [
          Stage(overRows: rows, of: channels) {
            let i = $0.lowerBound * channels
            graft_layer_normalize_rows(x + i, gamma, beta, epsilon, result + i, $0.count, channels)
          }
        ]
      }
    ]
  }
}

extension LayerNormalizationGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, channels), epsilon) = (problem.rowsAndColumns, epsilon)
    return [
      CPULowering("vector", on: device) { data in
        let (x, gamma, gradient) = (data.operand(0), data.operand(1), data.operand(2))
        let result = data.result()
        return [
          Stage(overRows: rows, of: channels) {
            let i = $0.lowerBound * channels
            graft_layer_normalization_gradient_rows(
              x + i, gamma, gradient + i, epsilon, result + i, $0.count, channels)
          }
        ]
      }
    ]
  }
}

extension LayerNormalizationParameterGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (rows, channels) = problem.rowsAndColumns
    return [
      vectorized(rows, channels, on: device)
    ]
  }

  private func vectorized(_ rows: Int, _ channels: Int, on device: CPUDevice) -> CPULowering {
    let (epsilon, parts) = (epsilon, RowParts(rows: rows))
    let count = parts.count * channels
    return CPULowering("vector", on: device, workspaceCount: 2 * count) { data in
      let (x, gradient) = (data.operand(0), data.operand(1))
      let (gamma, beta) = (data.result(0), data.result(1))
      let (gammaParts, betaParts) = (data.workspace, data.workspace + count)
      return [
        Stage(taskCount: parts.count) { part, _ in
          let i = parts[part].lowerBound * channels
          graft_layer_normalization_sums(
            x + i, gradient + i, epsilon, parts[part].count, channels,
            gammaParts + part * channels, betaParts + part * channels)
        },
        Stage {
          graft_sum_rows(gammaParts, parts.count, channels, gamma)
          graft_sum_rows(betaParts, parts.count, channels, beta)
        },
      ]
    }
  }
}

extension Stage {
  /// Rows of channels, ranges of about 16 thousand elements at a time.
  fileprivate init(
    overRows rows: Int, of channels: Int, run: @escaping (_ rows: Range<Int>) -> Void
  ) {
    self.init(over: rows, rangeCount: (1 << 14) / max(1, channels), run: run)
  }
}
