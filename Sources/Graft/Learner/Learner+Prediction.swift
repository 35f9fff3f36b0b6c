public import GraftData
import GraftGraph
public import GraftTraining

/// What a model gives for samples. Training that is under way goes on afterwards as if nothing had been.
extension Learner {
  /// Loss and metrics over samples.
  ///
  /// - Throws: ``LearnerError`` where targets don't fit the model's output; ``OptionError``;
  ///   `CancellationError`, within a batch, where the task is cancelled.
  public func evaluate(
    on samples: any BatchSource, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> Metrics {
    try TrainingOptions(batchSize: batchSize).validate()
    try checkTargets(of: samples)
    let (engine, configuration) = (engine, try configuration())
    return try await device.turns.run {
      try engine.configure(configuration)
      return try engine.evaluate(samples, batchSize: batchSize)
    }
  }

  /// What the task reads of the model's outputs, such as probabilities: (count, K).
  ///
  /// - Throws: ``OptionError``; `SampleSizeError` where samples don't fit the model's input.
  public func predict(
    _ samples: any BatchSource, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> [[Float]] {
    var rows = Array(repeating: [Float](), count: samples.sampleCount)
    try await forEachBatch(of: samples, batchSize: batchSize) { batch, values in
      for (sample, row) in zip(batch.samples, values.rows(TensorName.predictions)) {
        rows[sample] = Array(row)
      }
    }
    return rows
  }

  /// What the model says of each sample.
  ///
  /// - Throws: ``OptionError``; what reading a sample throws.
  public func predict(
    _ samples: [Goal.Sample], batchSize: Int = 32, isolation: isolated (any Actor)? = #isolation
  ) async throws -> [Goal.Prediction] {
    try await predict(Samples(samples), batchSize: batchSize)
  }

  /// What the model says of each sample of a data set.
  ///
  /// - Throws: ``OptionError``; what reading a sample throws.
  public func predict(
    _ data: some Dataset<Goal.Sample>, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> [Goal.Prediction] {
    guard data.count > 0 else { return [] }
    try checkTask()
    let source = try BatchLoader(data, task, options: .init(readsTargets: false))
    var predictions: [Goal.Prediction?] = Array(repeating: nil, count: data.count)
    try await forEachBatch(of: source, batchSize: min(batchSize, data.count)) { batch, values in
      for (row, sample) in batch.samples.enumerated() {
        predictions[sample] = try task.prediction(
          values.row(row), of: data.sample(at: sample))
      }
    }
    return predictions.compactMap(\.self)
  }

  /// The values of named layers for samples: by name, sample after sample.
  ///
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``.
  public func features(
    _ layers: [String], of samples: any BatchSource, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> [String: [Float]] {
    var rows = Dictionary(
      uniqueKeysWithValues: Set(layers).map {
        ($0, Array(repeating: ArraySlice<Float>(), count: samples.sampleCount))
      })
    try await features(layers, of: samples, batchSize: batchSize) { batch, values in
      for layer in layers {
        for (sample, row) in zip(batch.samples, values.rows(layer)) { rows[layer]?[sample] = row }
      }
    }
    return rows.mapValues { $0.flatMap { $0 } }
  }

  /// Passes the values of named layers batch by batch, so that no more need be in memory.
  ///
  /// - Parameter body: Takes a batch and, by name, the values for each of its samples. Where samples are
  ///   grouped by length, batches come in another order than the source's samples.
  /// - Throws: ``ModelError`` with the nearest names where a layer is unknown; ``OptionError``;
  ///   what `body` throws.
  public func features(
    _ layers: [String], of samples: any BatchSource, batchSize: Int = 32,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (_ batch: Batch, _ values: TensorValues) throws -> Void
  ) async throws {
    let outline = try model.outline()
    for layer in layers { _ = try outline.endpoint(layer) }
    try await forEachBatch(of: samples, batchSize: batchSize, endpoints: layers, body)
  }

  private func forEachBatch(
    of samples: any BatchSource, batchSize: Int, endpoints: [String] = [],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Batch, TensorValues) throws -> Void
  ) async throws {
    try TrainingOptions(batchSize: batchSize).validate()
    let engine = engine
    let plan = try samples.plan(.sequential, size: batchSize, epoch: 0)
    let batches = try samples.batches(plan, epoch: 0)
    while true {
      // As the settings are now: training may go on between two batches.
      let configuration = try configuration()
      let next: (Batch, TensorValues)? = try await device.turns.run {
        guard let batch = try batches.next() else { return nil }
        try engine.configure(configuration)
        return (batch, try engine.predict(batch, batchSize: batchSize, endpoints: endpoints))
      }
      guard let (batch, values) = next else { return }
      try body(batch, values)
    }
  }
}
