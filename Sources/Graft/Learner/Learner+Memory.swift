public import GraftRuntime

extension Learner {
  /// The memory of a training step by kind, and what it would be with everything trained.
  public func forecast(
    batchSize: Int = 32
  ) throws -> (plan: MemoryReport, everythingTrainable: MemoryReport) {
    try engine.configure(configuration())
    return (
      try engine.forecast(batchSize: batchSize),
      try engine.forecastEverythingTrainable(batchSize: batchSize)
    )
  }

  /// Makes sure that a training step fits the device, before anything is allocated.
  ///
  /// - Throws: ``MemoryError`` with the largest power of two that would fit.
  func checkMemory(batchSize: Int) throws {
    try engine.configure(configuration())
    let available = device.traits.memoryByteCount
    let needed = try engine.forecast(batchSize: batchSize).totalByteCount
    guard needed > available else { return }
    var fitting = 1
    while fitting * 2 < batchSize,
      try engine.forecast(batchSize: fitting * 2).totalByteCount <= available
    {
      fitting *= 2
    }
    let fits = try engine.forecast(batchSize: fitting).totalByteCount <= available
    throw MemoryError(
      deviceName: device.name, batchSize: batchSize, neededByteCount: needed,
      availableByteCount: available, fittingBatchSize: fits ? fitting : nil)
  }
}

/// A training step that doesn't fit the device.
public struct MemoryError: Error, CustomStringConvertible {
  public let deviceName: String
  /// Samples in the step that was planned.
  public let batchSize: Int
  /// What a step takes: weights, activations, gradients, optimizer state and workspace.
  public let neededByteCount: Int
  /// What the device has.
  public let availableByteCount: Int
  /// A batch that would fit; `nil` where not even one sample does.
  public let fittingBatchSize: Int?

  public var description: String {
    let mebibyte = 1 << 20
    let advice =
      fittingBatchSize.map { "a batch of \($0) would fit" }
      ?? "not even one sample fits: freeze more layers, or take smaller images"
    return "a step with batches of \(batchSize) needs \(neededByteCount / mebibyte) MiB, but "
      + "\(deviceName) has \(availableByteCount / mebibyte) MiB; \(advice)"
  }
}
