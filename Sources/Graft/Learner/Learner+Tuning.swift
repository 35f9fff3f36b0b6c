public import GraftRuntime

extension Learner {
  /// Measures the algorithms of a training step on the device, and keeps the choice for later runs.
  ///
  /// Nothing where the device's algorithms follow from the sizes alone, as the CPU's do.
  ///
  /// - Returns: What was decided now, by problem.
  /// - Throws: ``MemoryError`` where a step doesn't fit the device; ``ModelError``.
  public func tune(batchSize: Int = 32) throws -> [String: TuningFile.Choice] {
    try checkMemory(batchSize: batchSize)
    let configuration = try configuration()
    return try device.turns.wait {
      try engine.session.tune(engine.trainingGraph(batchSize: batchSize, configuration))
    }
  }
}
