public import GraftRuntime

extension Learner {
  /// The memory of a training step by kind, and what it would be with everything trained.
  ///
  /// Changes nothing of what a step under way does.
  public func forecast(
    batchSize: Int = 32
  ) throws -> (plan: MemoryReport, everythingTrainable: MemoryReport) {
    let configuration = try configuration()
    return try device.turns.wait {
      (
        try engine.forecast(batchSize: batchSize, configuration),
        try engine.forecastEverythingTrainable(batchSize: batchSize, configuration)
      )
    }
  }

  /// Makes sure that a training step fits the device, before anything is allocated.
  ///
  /// - Throws: ``MemoryError`` with the largest power of two that would fit.
  func checkMemory(batchSize: Int) throws {
    let configuration = try configuration()
    let available = device.traits.memoryByteCount
    func needed(_ batchSize: Int) throws -> Int {
      try device.turns.wait { try engine.forecast(batchSize: batchSize, configuration) }
        .totalByteCount
    }
    let wanted = try needed(batchSize)
    guard wanted > available else { return }
    var fitting = 1
    while fitting * 2 < batchSize, try needed(fitting * 2) <= available { fitting *= 2 }
    let fits = try needed(fitting) <= available
    throw MemoryError(
      deviceName: device.name, batchSize: batchSize, neededByteCount: wanted,
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
