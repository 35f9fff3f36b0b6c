import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension SampleLoss.Kind {
  fileprivate var kernel: graft_loss {
    switch self {
    case .softmaxCrossEntropy: GRAFT_SOFTMAX_CROSS_ENTROPY
    case .binaryCrossEntropy: GRAFT_BINARY_CROSS_ENTROPY
    case .meanSquaredError: GRAFT_MEAN_SQUARED_ERROR
    }
  }

  fileprivate var smoothing: Float {
    if case .softmaxCrossEntropy(let smoothing) = self { smoothing } else { 0 }
  }
}

extension SampleLoss: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, columns), kind) = (problem.rowsAndColumns, kind)
    return [
      CPULowering("vector", on: device, workspaceCount: rows) { data in
        let (x, targets, weights) = (data.operand(0), data.operand(1), data.operand(2))
        let (losses, result) = (data.workspace, data.result())
        return [
          Stage(over: rows, rangeCount: 16) {
            for row in $0 where weights[row] != 0 {
              let i = row * columns
              losses[row] = graft_loss_of_row(
                kind.kernel, kind.smoothing, x + i, targets + i, columns)
            }
          },
          Stage { result[0] = weightedMean(losses, weights, rows) },
        ]
      }
    ]
  }
}

/// Σ weight · value / Σ weight over values of a weight other than zero.
private func weightedMean(
  _ values: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int
) -> Float {
  var (sum, mass) = (0.0, 0.0)
  for i in 0..<count where weights[i] != 0 {
    sum += Double(weights[i]) * Double(values[i])
    mass += Double(weights[i])
  }
  return mass == 0 ? 0 : Float(sum / mass)
}

extension SampleLossGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let ((rows, columns), kind) = (problem.rowsAndColumns, kind)
    return [
      CPULowering("vector", on: device) { data in
        let (x, targets, result) = (data.operand(0), data.operand(1), data.result())
        let (weights, upstream) = (data.operand(2), data.operand(3))
        return [
          Stage(over: rows, rangeCount: 16) {
            let mass = totalWeight(weights, rows)
            for row in $0 {
              let i = row * columns
              if weights[row] == 0 {
                graft_fill(0, result + i, columns)
              } else {
                graft_loss_gradient_of_row(
                  kind.kernel, kind.smoothing, upstream[0] * weights[row] / mass, x + i,
                  targets + i, result + i, columns)
              }
            }
          }
        ]
      }
    ]
  }
}

private func totalWeight(_ weights: UnsafePointer<Float>, _ count: Int) -> Float {
  Float((0..<count).reduce(0.0) { $0 + Double(weights[$1]) })
}
