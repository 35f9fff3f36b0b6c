/// Sums up loss and accuracy over batches.
package struct MetricsAccumulator {
  private let loss: Loss
  private var lossSum = 0.0
  /// The sum of the samples' weights.
  private var mass = 0.0
  private var correctCount = 0
  private var answerCount = 0
  private var sampleCount = 0

  package init(loss: Loss) { self.loss = loss }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - batchLoss: The weighted mean loss of its first `count` samples.
  ///   - scores: (N, K), row by row; rows from `count` on are padding.
  ///   - targets: (N, K).
  ///   - weights: How much each sample's loss counts; empty for 1 each.
  package mutating func add(
    batchLoss: Float, scores: [Float], targets: [Float], weights: [Float] = [], count: Int,
    width: Int
  ) {
    let batchMass = weights.isEmpty ? Double(count) : weights.reduce(0) { $0 + Double($1) }
    lossSum += Double(batchLoss) * batchMass
    mass += batchMass
    sampleCount += count
    for row in 0..<count {
      let range = row * width..<(row + 1) * width
      switch loss {
      case .crossEntropy:
        correctCount += scores[range].argmax == targets[range].argmax ? 1 : 0
        answerCount += 1
      case .binaryCrossEntropy:
        correctCount += range.reduce(0) { $0 + ((scores[$1] > 0) == (targets[$1] > 0.5) ? 1 : 0) }
        answerCount += width
      case .meanSquaredError: break
      }
    }
  }

  /// The means so far.
  package var metrics: Metrics {
    Metrics(
      loss: mass == 0 ? 0 : Float(lossSum / mass),
      accuracy: answerCount == 0 ? nil : Float(correctCount) / Float(answerCount),
      sampleCount: sampleCount)
  }
}

extension ArraySlice<Float> {
  /// The distance of the first greatest element from the start.
  var argmax: Int {
    var best = startIndex
    for index in indices where self[index] > self[best] { best = index }
    return best - startIndex
  }
}
