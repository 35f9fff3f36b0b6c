import GraftGraph

extension LayerNormalization: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (gamma, beta) = (operands[1].values, operands[2].values)
    var result = operands[0]
    for row in NormalizedRow.all(of: operands[0], epsilon: epsilon) {
      for (channel, index) in row.indices.enumerated() {
        result.values[index] = gamma[channel] * row.values[channel] + beta[channel]
        result.magnitudes[index] =
          abs(gamma[channel]) * row.magnitudes[channel] + abs(beta[channel])
      }
    }
    return [result]
  }
}

extension LayerNormalizationGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (gamma, gradient) = (operands[1].values, operands[2].values)
    var result = operands[0]
    for row in NormalizedRow.all(of: operands[0], epsilon: epsilon) {
      let count = Double(row.values.count)
      // Of gradient · gamma, and of that times the normalized x.
      var sums = TermSums(count: 2)
      for (channel, index) in row.indices.enumerated() {
        let term = gradient[index] * gamma[channel]
        sums.add(term / count, at: 0)
        sums.values[1] += term * row.values[channel] / count
        sums.magnitudes[1] += abs(term) * row.magnitudes[channel] / count
      }
      for (channel, index) in row.indices.enumerated() {
        let term = gradient[index] * gamma[channel]
        result.values[index] =
          row.reciprocalDeviation
          * (term - sums.values[0] - row.values[channel] * sums.values[1])
        result.magnitudes[index] =
          row.reciprocalDeviation
          * (abs(term) + sums.magnitudes[0] + row.magnitudes[channel] * sums.magnitudes[1])
      }
    }
    return [result]
  }
}

extension LayerNormalizationParameterGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let gradient = operands[1].values
    let channels = operands[0].shape.extents.last ?? 1
    var (ofGamma, ofBeta) = (TermSums(count: channels), TermSums(count: channels))
    for row in NormalizedRow.all(of: operands[0], epsilon: epsilon) {
      for (channel, index) in row.indices.enumerated() {
        ofGamma.values[channel] += gradient[index] * row.values[channel]
        ofGamma.magnitudes[channel] += abs(gradient[index]) * row.magnitudes[channel]
        ofBeta.add(gradient[index], at: channel)
      }
    }
    return [ofGamma.tensor([channels]), ofBeta.tensor([channels])]
  }
}

/// A row less its mean over its deviation.
private struct NormalizedRow {
  let indices: Range<Int>
  let values: [Double]
  let magnitudes: [Double]
  /// 1 / √(variance + epsilon).
  let reciprocalDeviation: Double

  private init(_ x: ReferenceTensor, _ indices: Range<Int>, epsilon: Float) {
    let row = x.values[indices]
    let mean = row.reduce(0, +) / Double(row.count)
    let meanMagnitude = row.reduce(0) { $0 + abs($1) } / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    let reciprocal = 1 / (variance + Double(epsilon)).squareRoot()
    self.indices = indices
    values = row.map { ($0 - mean) * reciprocal }
    magnitudes = row.map { (abs($0) + meanMagnitude) * reciprocal }
    reciprocalDeviation = reciprocal
  }

  static func all(of x: ReferenceTensor, epsilon: Float) -> [NormalizedRow] {
    let width = x.shape.extents.last ?? 1
    return stride(from: 0, to: x.values.count, by: width).map {
      NormalizedRow(x, $0..<$0 + width, epsilon: epsilon)
    }
  }
}
