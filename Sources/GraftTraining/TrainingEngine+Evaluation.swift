import GraftGraph

extension TrainingEngine {
  /// Loss and accuracy over all samples of a feed: the loss as the samples' weights have it, the
  /// accuracy as the share of samples.
  ///
  /// - Parameter bank: The features of all samples, if they are known.
  public func evaluate(
    _ feed: any SampleFeed, bank: FeatureBank? = nil, batchSize: Int, loss: Loss
  ) throws -> Metrics {
    var metrics = MetricsAccumulator(loss: loss)
    let order = feed.order(batchSize: batchSize, seed: nil, epoch: 0)
    let batches = bank == nil ? try feed.batches(of: order, epoch: 0) : nil
    for samples in order {
      let (targets, weights) = (feed.targets(of: samples), feed.weights(of: samples))
      func evaluate(_ source: StepBatch.Source) throws {
        let (value, scores) = try self.evaluate(
          StepBatch(source, of: samples, targets: targets, weights: weights),
          batchSize: batchSize)
        metrics.add(
          batchLoss: value, scores: scores, targets: targets, weights: weights,
          count: samples.count, width: targets.count / max(samples.count, 1))
      }
      if let bank {
        try evaluate(.features(bank))
      } else {
        try batches?.withNext { try evaluate(.samples($0)) }
      }
    }
    return metrics.metrics
  }

  /// Predictions for all samples of a feed, (count, K), row by row; and values of endpoints.
  public func predict(
    _ feed: any SampleFeed, batchSize: Int, endpoints: [String] = []
  ) throws -> [String: [Float]] {
    var results: [String: [Float]] = [:]
    try predict(feed, batchSize: batchSize, endpoints: endpoints) { _, rows in
      for (name, values) in rows { results[name, default: []] += values }
    }
    return results
  }

  /// Passes predictions and values of endpoints batch by batch, so that no more need be in memory.
  ///
  /// - Parameter body: Takes the samples of a batch and, by name, a row for each of them.
  public func predict(
    _ feed: any SampleFeed, batchSize: Int, endpoints: [String] = [],
    _ body: (_ samples: [Int], _ rows: [String: [Float]]) throws -> Void
  ) throws {
    let order = feed.order(batchSize: batchSize, seed: nil, epoch: 0)
    let batches = try feed.batches(of: order, epoch: 0)
    for samples in order {
      try batches.withNext {
        let batch = StepBatch(.samples($0), of: samples)
        try body(samples, predict(batch, batchSize: batchSize, endpoints: endpoints))
      }
    }
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
