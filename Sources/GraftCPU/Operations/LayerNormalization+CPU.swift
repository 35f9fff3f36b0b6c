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
      },
      .naive(on: device) { data in
        let (gamma, beta) = (data.operand(1), data.operand(2))
        for row in 0..<rows {
          let (x, y) = (data.operand(0) + row * channels, data.result() + row * channels)
          let moments = RowMoments(x, channels, epsilon)
          for c in 0..<channels {
            y[c] = Float(moments.normalized(x[c]) * Double(gamma[c]) + Double(beta[c]))
          }
        }
      },
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
      },
      .naive(on: device) { data in
        let gamma = data.operand(1)
        for i in stride(from: 0, to: rows * channels, by: channels) {
          let (x, gradient) = (data.operand(0) + i, data.operand(2) + i)
          let moments = RowMoments(x, channels, epsilon)
          let inner = (0..<channels).map { Double(gradient[$0]) * Double(gamma[$0]) }
          let mean = inner.reduce(0, +) / Double(channels)
          let slope =
            inner.enumerated().reduce(0) { $0 + $1.element * moments.normalized(x[$1.offset]) }
            / Double(channels)
          for c in 0..<channels {
            let centred = inner[c] - mean - moments.normalized(x[c]) * slope
            data.result()[i + c] = Float(centred * moments.inverse)
          }
        }
      },
    ]
  }
}

extension LayerNormalizationParameterGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, channels), epsilon) = (problem.rowsAndColumns, epsilon)
    return [
      vectorized(rows, channels, on: device),
      .naive(on: device) { data in
        var (gamma, beta) = (
          [Double](repeating: 0, count: channels), Array(repeating: 0.0, count: channels)
        )
        for i in stride(from: 0, to: rows * channels, by: channels) {
          let (x, gradient) = (data.operand(0) + i, data.operand(1) + i)
          let moments = RowMoments(x, channels, epsilon)
          for c in 0..<channels {
            gamma[c] += Double(gradient[c]) * moments.normalized(x[c])
            beta[c] += Double(gradient[c])
          }
        }
        for c in 0..<channels {
          (data.result(0)[c], data.result(1)[c]) = (Float(gamma[c]), Float(beta[c]))
        }
      },
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

/// The statistics of one row, in double precision.
private struct RowMoments {
  let mean: Double
  /// 1 / √(variance + epsilon).
  let inverse: Double

  init(_ x: UnsafePointer<Float>, _ count: Int, _ epsilon: Float) {
    let row = UnsafeBufferPointer(start: x, count: count)
    let mean = row.reduce(0) { $0 + Double($1) } / Double(count)
    let variance = row.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
    (self.mean, inverse) = (mean, 1 / (variance + Double(epsilon)).squareRoot())
  }

  func normalized(_ x: Float) -> Double { (Double(x) - mean) * inverse }
}
