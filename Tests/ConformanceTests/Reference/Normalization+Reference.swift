import GraftGraph

extension BatchNormalization: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (x, gamma, beta) = (operands[0], operands[1].values, operands[2].values)
    let statistics = ChannelStatistics(
      mean: operands[3].values, variance: operands[4].values, epsilon: epsilon)
    return [statistics.normalized(x, gamma: gamma, beta: beta)]
  }
}

extension BatchNormalizationParameterGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let statistics = ChannelStatistics(
      mean: operands[1].values, variance: operands[2].values, epsilon: epsilon)
    return statistics.parameterGradients(operands[0], resultGradient: operands[3])
  }
}

extension NormalizationScale: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let values = zip(operands[0].values, operands[1].values).map { gamma, variance in
      gamma / (variance + Double(epsilon)).squareRoot()
    }
    return [ReferenceTensor(operands[0].shape, values)]
  }
}

extension BatchNormalizationTraining: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let x = operands[0]
    let channels = operands[1].shape[0]
    let count = Double(x.values.count / channels)
    var mean = TermSums(count: channels)
    for (index, value) in x.values.enumerated() { mean.add(value / count, at: index % channels) }
    var variance = TermSums(count: channels)
    for (index, value) in x.values.enumerated() {
      let distance = value - mean.values[index % channels]
      variance.add(distance * distance / count, at: index % channels)
    }
    for channel in 0..<channels {
      let (mean, value) = (abs(mean.values[channel]), variance.values[channel])
      variance.magnitudes[channel] += Self.centringMagnitude(mean: mean, variance: value)
    }
    let statistics = ChannelStatistics(
      mean: mean.values, meanMagnitude: mean.magnitudes, variance: variance.values,
      epsilon: epsilon)
    return [
      statistics.normalized(x, gamma: operands[1].values, beta: operands[2].values),
      mean.tensor([channels]), variance.tensor([channels]),
    ]
  }
}

extension BatchNormalizationTraining {
  /// What rounded means add to the magnitude of a variance, whose own terms are (x - mean)² / count.
  ///
  /// Single precision holds a mean, of a part of the batch or of all, to ε/2 · |mean|. That moves each
  /// of the distances whose squares are summed, and the sum by up to 2 · deviation · ε/2 · |mean| for
  /// parts and whole each: 2 · ε · deviation · |mean|, the sixteen roundings of ``Tolerance`` being
  /// taken off here. Where nothing varies, the square of a mean's error is left; 4 · ε · |mean| are
  /// allowed for summing it. E[x²] - E[x]² is off by ε · mean², which is far outside.
  static func centringMagnitude(mean: Double, variance: Double) -> Double {
    let ofDistances = 2 * variance.squareRoot() * mean / Tolerance.roundings
    let ofMean = 16 * Tolerance.singleEpsilon * mean * mean / Tolerance.roundings
    return ofDistances + ofMean
  }
}

extension BatchNormalizationTrainingGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let (x, gamma, gradient) = (operands[0], operands[1].values, operands[4])
    let statistics = ChannelStatistics(
      mean: operands[2].values, variance: operands[3].values, epsilon: epsilon)
    let channels = gamma.count
    let count = Double(x.values.count / channels)
    let parameters = statistics.parameterGradients(x, resultGradient: gradient)
    var result = TermSums(count: x.values.count)
    for index in x.values.indices {
      let channel = index % channels
      let scale = gamma[channel] * statistics.reciprocalDeviation[channel]
      let (value, magnitude) = statistics.normalized(x.values[index], channel: channel)
      let (ofGamma, ofBeta) = (parameters[0], parameters[1])
      result.values[index] =
        scale
        * (gradient.values[index] - ofBeta.values[channel] / count
          - value * ofGamma.values[channel] / count)
      result.magnitudes[index] =
        abs(scale)
        * (abs(gradient.values[index]) + ofBeta.magnitudes[channel] / count
          + magnitude * ofGamma.magnitudes[channel] / count)
    }
    return [result.tensor(x.shape)] + parameters
  }
}

extension MovingAverage: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    var sums = TermSums(count: operands[0].values.count)
    for index in operands[0].values.indices {
      sums.add(operands[0].values[index] * Double(decay), at: index)
      sums.add(
        operands[1].values[index] * (1 - Double(decay)) * Double(correction), at: index)
    }
    return [sums.tensor(operands[0].shape)]
  }
}

/// The mean and variance of each channel of a tensor, channels being the last axis.
private struct ChannelStatistics {
  let mean: [Double]
  let meanMagnitude: [Double]
  /// 1 / √(variance + epsilon).
  let reciprocalDeviation: [Double]

  init(mean: [Double], meanMagnitude: [Double]? = nil, variance: [Double], epsilon: Float) {
    self.mean = mean
    self.meanMagnitude = meanMagnitude ?? mean.map(abs)
    reciprocalDeviation = variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }
  }

  /// An element less the mean over the deviation, and the magnitude of that.
  func normalized(_ x: Double, channel: Int) -> (value: Double, magnitude: Double) {
    (
      (x - mean[channel]) * reciprocalDeviation[channel],
      (abs(x) + meanMagnitude[channel]) * reciprocalDeviation[channel]
    )
  }

  func normalized(_ x: ReferenceTensor, gamma: [Double], beta: [Double]) -> ReferenceTensor {
    var result = x
    for index in x.values.indices {
      let channel = index % gamma.count
      let (value, magnitude) = normalized(x.values[index], channel: channel)
      result.values[index] = gamma[channel] * value + beta[channel]
      result.magnitudes[index] = abs(gamma[channel]) * magnitude + abs(beta[channel])
    }
    return result
  }

  /// The gradients of gamma and beta.
  func parameterGradients(
    _ x: ReferenceTensor, resultGradient: ReferenceTensor
  ) -> [ReferenceTensor] {
    var (ofGamma, ofBeta) = (TermSums(count: mean.count), TermSums(count: mean.count))
    for (index, gradient) in resultGradient.values.enumerated() {
      let channel = index % mean.count
      let (value, magnitude) = normalized(x.values[index], channel: channel)
      ofGamma.values[channel] += gradient * value
      ofGamma.magnitudes[channel] += abs(gradient) * magnitude
      ofBeta.add(gradient, at: channel)
    }
    return [ofGamma.tensor([mean.count]), ofBeta.tensor([mean.count])]
  }
}
