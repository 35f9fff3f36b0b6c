import Foundation
import GraftGraph

extension SampleLoss.Kind {
  /// What one sample costs, and the gradient with respect to its predictions.
  fileprivate func cost(
    _ predictions: ArraySlice<Double>, _ targets: ArraySlice<Double>
  ) -> (loss: TermSums, gradient: TermSums) {
    let pairs = zip(predictions, targets)
    let count = Double(predictions.count)
    var (loss, gradient) = (TermSums(count: 1), TermSums(count: predictions.count))
    switch self {
    case .softmaxCrossEntropy(let smoothing):
      let smoothed = targets.map {
        $0 * (1 - Double(smoothing)) + Double(smoothing) / count
      }
      let largest = predictions.max() ?? 0
      let logarithm = log(predictions.reduce(0) { $0 + exp($1 - largest) })
      let mass = smoothed.reduce(0, +)
      for (index, (logit, target)) in zip(predictions, smoothed).enumerated() {
        loss.add(target * largest, at: 0)
        loss.add(target * logarithm, at: 0)
        loss.add(-target * logit, at: 0)
        let probability = exp(logit - largest - logarithm)
        gradient.add(probability * mass, at: index)
        gradient.add(-target, at: index)
        gradient.magnitudes[index] += probability * abs(logit - largest) * mass
      }
    case .binaryCrossEntropy:
      for (index, (logit, target)) in pairs.enumerated() {
        loss.add((max(logit, 0) + log(1 + exp(-abs(logit)))) / count, at: 0)
        loss.add(-logit * target / count, at: 0)
        gradient.add(1 / (1 + exp(-logit)) / count, at: index)
        gradient.add(-target / count, at: index)
      }
    case .meanSquaredError:
      for (index, (prediction, target)) in pairs.enumerated() {
        let difference = prediction - target
        let magnitude = abs(prediction) + abs(target)
        loss.values[0] += difference * difference / count
        loss.magnitudes[0] += magnitude * abs(difference) / count
        gradient.values[index] += 2 * difference / count
        gradient.magnitudes[index] += 2 * magnitude / count
      }
    }
    return (loss, gradient)
  }
}

/// The weight of each sample over the sum of all, or 0 where that is 0.
private func shares(_ weights: [Double]) -> [Double] {
  let sum = weights.reduce(0, +)
  return weights.map { sum == 0 ? 0 : $0 / sum }
}

extension SampleLoss: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let width = operands[0].shape[1]
    var sums = TermSums(count: 1)
    for (sample, share) in shares(operands[2].values).enumerated() where share != 0 {
      let row = sample * width..<(sample + 1) * width
      let (loss, _) = kind.cost(operands[0].values[row], operands[1].values[row])
      sums.values[0] += share * loss.values[0]
      sums.magnitudes[0] += share * loss.magnitudes[0]
    }
    return [sums.tensor([1])]
  }
}

extension SampleLossGradient: ReferenceOperation {
  func evaluate(_ operands: [ReferenceTensor]) -> [ReferenceTensor] {
    let width = operands[0].shape[1]
    var sums = TermSums(count: operands[0].values.count)
    for (sample, share) in shares(operands[2].values).enumerated() where share != 0 {
      let row = sample * width..<(sample + 1) * width
      let (_, gradient) = kind.cost(operands[0].values[row], operands[1].values[row])
      for column in 0..<width {
        let factor = share * operands[3].values[0]
        sums.values[row.lowerBound + column] = factor * gradient.values[column]
        sums.magnitudes[row.lowerBound + column] = abs(factor) * gradient.magnitudes[column]
      }
    }
    return [sums.tensor(operands[0].shape)]
  }
}
