import Foundation
import GraftGraph

extension Softmax: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    var result = operands[0]
    let width = result.shape.extents.last ?? 1
    for start in stride(from: 0, to: result.values.count, by: width) {
      let row = start..<start + width
      let largest = operands[0].values[row].max() ?? 0
      let sum = operands[0].values[row].reduce(0) { $0 + exp($1 - largest) }
      for index in row {
        let exponent = operands[0].values[index] - largest
        result.values[index] = exp(exponent) / sum
        // An error in the exponent is an error of the same size relative to the result.
        result.magnitudes[index] = result.values[index] * (1 + abs(exponent))
      }
    }
    return [result]
  }
}

extension SoftmaxGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (softmax, gradient) = (operands[0].values, operands[1].values)
    var result = operands[0]
    let width = result.shape.extents.last ?? 1
    for start in stride(from: 0, to: softmax.count, by: width) {
      let row = start..<start + width
      var sums = TermSums(count: 1)
      for index in row { sums.add(softmax[index] * gradient[index], at: 0) }
      for index in row {
        result.values[index] = softmax[index] * (gradient[index] - sums.values[0])
        result.magnitudes[index] =
          softmax[index] * (abs(gradient[index]) + sums.magnitudes[0])
      }
    }
    return [result]
  }
}
