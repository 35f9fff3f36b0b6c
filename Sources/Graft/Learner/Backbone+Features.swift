public import GraftData
public import GraftModels
public import GraftRuntime

/// A backbone by itself, without a head and without training.
extension Backbone {
  /// Its layers with their results' shapes and parameters.
  ///
  /// - Throws: `GraphError` where it can't be built for its input size.
  public func summary() throws -> ModelSummary {
    ModelSummary(try Model(self).outline(), trainable: [])
  }

  /// What it gives for each sample of a data set, as it is: nothing is trained.
  ///
  /// - Parameters:
  ///   - preprocessing: By default that of its weights.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Returns: The pooled features, a row for each sample: by ``Backbone/pooling``, else the means of the
  ///   last maps' channels.
  /// - Throws: `ImageError` with the path of a picture that can't be read; ``ModelError`` where weights don't
  ///   fit; what opening the device throws.
  public func features(
    of data: some ClassifiedDataset<Image>, batchSize: Int = 32,
    preprocessing: Preprocessing? = nil, device: (any Device)? = nil,
    isolation: isolated (any Actor)? = #isolation
  ) async throws -> [[Float]] {
    var rows = Array(repeating: [Float](), count: data.count)
    try await features(
      of: data, layers: ["pooled"], batchSize: batchSize, preprocessing: preprocessing,
      device: device
    ) { sample, values in rows[sample] = Array(values[0]) }
    return rows
  }

  /// What named layers give for each sample of a data set, sample by sample, so that no more need be in
  /// memory.
  ///
  /// - Parameters:
  ///   - layers: Names of endpoints, as ``summary()`` shows them.
  ///   - body: Takes the position of a sample and, in the order of `layers`, the values for it.
  /// - Throws: As ``features(of:batchSize:preprocessing:device:isolation:)`` does; ``ModelError`` with the
  ///   nearest names where a layer is unknown; what `body` throws.
  public func features(
    of data: some ClassifiedDataset<Image>, layers: [String], batchSize: Int = 32,
    preprocessing: Preprocessing? = nil, device: (any Device)? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (_ sample: Int, _ values: [ArraySlice<Float>]) throws -> Void
  ) async throws {
    guard data.count > 0 else { return }
    let whole = includesTop ? self : self(pooling: pooling ?? .average)
    let learner = try Learner(Model(whole), preprocessing: preprocessing, device: device)
    try learner.checkSamples(of: data, learner.task.inputs)
    let source = try BatchLoader(data, learner.task, options: .init(readsTargets: false))
    try await learner.features(layers, of: source, batchSize: min(batchSize, data.count)) {
      batch, values in
      let columns = layers.map { values.rows($0) }
      for (row, sample) in batch.samples.enumerated() {
        try body(sample, columns.map { $0[row] })
      }
    }
  }
}
