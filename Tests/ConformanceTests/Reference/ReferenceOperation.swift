import GraftGraph

/// An operation with a plain implementation in double precision, written straight from its
/// definition and sharing nothing with any device.
protocol ReferenceOperation: GraftGraph.Operation {
  /// The results for `operands`, whose types fit.
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor]
}

/// A tensor in double precision that knows how far rounding may move each of its elements.
struct ReferenceTensor: Sendable {
  let shape: Shape
  var values: [Double]
  /// The sum of the absolute values of the terms that make up each element: rounding errors of any
  /// sensible order of computation are proportional to it.
  var magnitudes: [Double]

  /// A tensor that is given, not computed.
  init(_ shape: Shape, _ values: [Double]) {
    self.init(shape, values, magnitudes: values.map(abs))
  }

  init(_ shape: Shape, _ values: [Double], magnitudes: [Double]) {
    precondition(values.count == shape.count && magnitudes.count == shape.count)
    (self.shape, self.values, self.magnitudes) = (shape, values, magnitudes)
  }

  init(_ tensor: HostTensor) { self.init(tensor.type.shape, tensor.doubles) }

  /// The tensor rounded to single precision.
  var rounded: HostTensor { HostTensor(shape, values.map { Float($0) }) }

  /// Every element with the largest magnitude that is a number, but at least with `least`: for algorithms that
  /// compute in a transformed space (Winograd), where the error of one element spreads over its
  /// neighbours.
  func spreadingMagnitudes(atLeast least: Double = 0) -> ReferenceTensor {
    let largest = (magnitudes + [least]).filter { !$0.isNaN }.max() ?? 0
    return ReferenceTensor(shape, values, magnitudes: magnitudes.map { _ in largest })
  }

  /// The mean of the absolute values.
  var meanMagnitude: Double { values.reduce(0) { $0 + abs($1) } / Double(values.count) }
}

/// Sums terms together with their absolute values.
struct TermSums {
  var values: [Double]
  var magnitudes: [Double]

  init(count: Int) {
    values = Array(repeating: 0, count: count)
    magnitudes = values
  }

  @inline(__always)
  mutating func add(_ term: Double, at index: Int) {
    values[index] += term
    magnitudes[index] += abs(term)
  }

  func tensor(_ shape: Shape) -> ReferenceTensor {
    ReferenceTensor(shape, values, magnitudes: magnitudes)
  }
}
