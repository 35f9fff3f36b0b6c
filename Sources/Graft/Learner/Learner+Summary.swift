public import GraftModels

extension Learner {
  /// The model's layers with their results' shapes and parameters, what of them trains, and the
  /// memory of a training step, before anything is allocated.
  ///
  /// - Parameter batchSize: Samples in the step.
  /// - Throws: ``ModelError`` where the freeze plan names an unknown layer or leaves nothing to
  ///   train; `GraphError` where the step can't be built.
  public func summary(batchSize: Int = 32) throws -> ModelSummary {
    let (plan, everything) = try forecast(batchSize: batchSize)
    return ModelSummary(
      try model.outline(), trainable: try configuration().trainable,
      memory: ModelSummary.Memory(
        batchSize: batchSize, deviceName: device.name, plan: plan,
        everythingTrainable: everything))
  }
}
