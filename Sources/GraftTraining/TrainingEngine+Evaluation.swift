public import GraftData
import GraftGraph

extension TrainingEngine {
  /// Loss and metrics over all samples of a source, as the samples' weights have them.
  public func evaluate(_ source: any BatchSource, batchSize: Int) throws -> Metrics {
    let counter = MetricRun(configuration.metrics)
    try forEachBatch(of: source, batchSize: batchSize) { batch in
      counter.add(try evaluate(batch, batchSize: batchSize), of: batch)
    }
    return counter.metrics
  }

  private func forEachBatch(
    of source: any BatchSource, batchSize: Int, _ body: (Batch) throws -> Void
  ) throws {
    let plan = try source.plan(.sequential, size: batchSize, epoch: 0)
    let batches = try source.batches(plan, epoch: 0)
    while let batch = try batches.next() {
      try checkCancellation()
      try body(batch)
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
