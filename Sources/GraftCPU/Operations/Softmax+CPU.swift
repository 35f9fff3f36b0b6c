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
      }
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
      }
    ]
  }
}
