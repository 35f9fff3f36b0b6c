import Foundation
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

  /// The definition, for the plain reference.
  fileprivate func value(_ x: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ count: Int)
    -> Double
  {
    switch self {
    case .softmaxCrossEntropy(let smoothing):
      let largest = (0..<count).reduce(-Double.infinity) { max($0, Double(x[$1])) }
      let sum = (0..<count).reduce(0.0) { $0 + exp(Double(x[$1]) - largest) }
      return (0..<count).reduce(0.0) {
        let target = Double(t[$1]) * (1 - Double(smoothing)) + Double(smoothing) / Double(count)
        return $0 - target * (Double(x[$1]) - largest - log(sum))
      }
    case .binaryCrossEntropy:
      return (0..<count).reduce(0.0) {
        let logit = Double(x[$1])
        return $0 + max(logit, 0) - logit * Double(t[$1]) + log1p(exp(-abs(logit)))
      } / Double(count)
    case .meanSquaredError:
      return (0..<count).reduce(0.0) {
        $0 + (Double(x[$1]) - Double(t[$1])) * (Double(x[$1]) - Double(t[$1]))
      } / Double(count)
    }
  }

  /// The gradient of ``value(_:_:_:)`` with respect to prediction `i`.
  fileprivate func derivative(
    _ x: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ count: Int, at i: Int
  ) -> Double {
    switch self {
    case .softmaxCrossEntropy(let smoothing):
      let mixed = (0..<count).map {
        Double(t[$0]) * (1 - Double(smoothing)) + Double(smoothing) / Double(count)
      }
      let sum = (0..<count).reduce(0.0) { $0 + exp(Double(x[$1]) - Double(x[i])) }
      return mixed.reduce(0, +) / sum - mixed[i]
    case .binaryCrossEntropy:
      return (1 / (1 + exp(-Double(x[i]))) - Double(t[i])) / Double(count)
    case .meanSquaredError: return 2 * (Double(x[i]) - Double(t[i])) / Double(count)
    }
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
      },
      .naive(on: device) { data in
        let (x, targets, weights) = (data.operand(0), data.operand(1), data.operand(2))
        var (sum, mass) = (0.0, 0.0)
        for row in 0..<rows where weights[row] != 0 {
          let i = row * columns
          sum += Double(weights[row]) * kind.value(x + i, targets + i, columns)
          mass += Double(weights[row])
        }
        data.result()[0] = mass == 0 ? 0 : Float(sum / mass)
      },
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
      },
      .naive(on: device, refusedOverwrites: [Overwrite(operand: 0)]) { data in
        let (x, targets, weights) = (data.operand(0), data.operand(1), data.operand(2))
        let (upstream, result) = (data.operand(3), data.result())
        let mass = totalWeight(weights, rows)
        for row in 0..<rows {
          let (i, factor) = (row * columns, Double(upstream[0] * weights[row] / mass))
          for c in 0..<columns {
            result[i + c] =
              weights[row] == 0
              ? 0 : Float(factor * kind.derivative(x + i, targets + i, columns, at: c))
          }
        }
      },
    ]
  }
}

private func totalWeight(_ weights: UnsafePointer<Float>, _ count: Int) -> Float {
  Float((0..<count).reduce(0.0) { $0 + Double(weights[$1]) })
}
