import Foundation
import GraftCPUKernels
import GraftGraph
import GraftRuntime

extension Problem {
  /// The first operand as rows of its last axis.
  var rowsAndColumns: (rows: Int, columns: Int) {
    let columns = max(1, operands[0].shape.extents.last ?? 1)
    return (operands[0].shape.count / columns, columns)
  }
}

extension Softmax: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (rows, columns) = problem.rowsAndColumns
    return [
      CPULowering("vector", on: device) { data in
        let (x, y) = (data.operand(0), data.result())
        return [
          Stage(over: rows, rangeCount: 16) {
            let i = $0.lowerBound * columns
            graft_softmax_rows(x + i, y + i, $0.count, columns)
          }
        ]
      },
      .naive(on: device) { data in
        for row in 0..<rows {
          let (x, y) = (data.operand(0) + row * columns, data.result() + row * columns)
          let maximum = (0..<columns).reduce(-Float.infinity) { max($0, x[$1]) }
          let sum = (0..<columns).reduce(Float(0)) { $0 + exp(x[$1] - maximum) }
          for c in 0..<columns { y[c] = exp(x[c] - maximum) / sum }
        }
      },
    ]
  }
}

extension SoftmaxGradient: CPUOperation {
  func lowerings(of problem: Problem, on device: CPUDevice) -> [CPULowering] {
    guard problem.isFloat else { return [] }
    let (rows, columns) = problem.rowsAndColumns
    return [
      CPULowering("vector", on: device) { data in
        let (softmax, gradient, result) = (data.operand(0), data.operand(1), data.result())
        return [
          Stage(over: rows, rangeCount: 16) {
            let i = $0.lowerBound * columns
            graft_softmax_gradient_rows(softmax + i, gradient + i, result + i, $0.count, columns)
          }
        ]
      },
      .naive(on: device) { data in
        for row in 0..<rows {
          let i = row * columns
          let (softmax, gradient) = (data.operand(0) + i, data.operand(1) + i)
          let sum = (0..<columns).reduce(Float(0)) { $0 + gradient[$1] * softmax[$1] }
          for c in 0..<columns { data.result()[i + c] = softmax[c] * (gradient[c] - sum) }
        }
      },
    ]
  }
}
