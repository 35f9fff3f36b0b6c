import GraftGraph

extension TrainingEngine {
  /// Loss and accuracy over all samples of a feed.
  ///
  /// - Parameter bank: The features of all samples, if they are known.
  public func evaluate(
    _ feed: any SampleFeed, bank: FeatureBank? = nil, batchSize: Int, loss: Loss
  ) throws -> Metrics {
    var metrics = MetricsAccumulator(loss: loss)
    let order = feed.order(batchSize: batchSize, seed: nil, epoch: 0)
    let batches = bank == nil ? try feed.batches(of: order, epoch: 0) : nil
    for samples in order {
      let source: Batch.Source
      if let bank {
        source = .features(bank, samples)
      } else if let next = try batches?.next() {
        source = .samples(next)
      } else {
        break
      }
      let targets = feed.targets(of: samples)
      let (value, scores) = try evaluate(
        Batch(source, targets: targets, count: samples.count), batchSize: batchSize)
      metrics.add(
        batchLoss: value, scores: scores, targets: targets, count: samples.count,
        width: feed.targetWidth)
    }
    return metrics.metrics
  }

  /// Predictions for all samples of a feed, (count, K), row by row; and values of endpoints.
  public func predict(
    _ feed: any SampleFeed, batchSize: Int, endpoints: [String] = []
  ) throws -> [String: [Float]] {
    var results: [String: [Float]] = [:]
    let order = feed.order(batchSize: batchSize, seed: nil, epoch: 0)
    let batches = try feed.batches(of: order, epoch: 0)
    for samples in order {
      guard let next = try batches.next() else { break }
      let batch = Batch(.samples(next), count: samples.count)
      for (name, values) in try predict(batch, batchSize: batchSize, endpoints: endpoints) {
        results[name, default: []] += values
      }
    }
    return results
  }

  /// Puts other values in place of parameters; graphs are compiled anew at their next use.
  func restore(_ values: [ParameterPath: [Float]]) throws {
    try reset()
    for (path, value) in values {
      guard let type = session.parameters.type(of: path) else { continue }
      session.parameters.set(path, shape: type.shape, to: value)
    }
  }
}

extension Metrics {
  /// More accurate, or as accurate at a smaller loss.
  func isBetter(than other: Metrics) -> Bool {
    if let a = accuracy, let b = other.accuracy, a != b { return a > b }
    return loss < other.loss
  }
}
