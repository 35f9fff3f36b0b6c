/// What memory is for.
public enum MemoryKind: String, Hashable, Sendable, CaseIterable {
  case weights, activations, gradients, optimizer, workspace
}

/// The memory of an executable by kind, in bytes: known before anything is allocated.
public struct MemoryReport: Hashable, Sendable {
  /// Frozen weights in the form in which they are computed with.
  public var constantByteCount = 0
  /// Weights that train and statistics that move.
  public var residentByteCount = 0
  /// State of the optimizer.
  public var optimizerByteCount = 0
  /// The next batch, where it is sent while a step runs.
  public var sentByteCount = 0
  /// The shared arena: activations, gradients and workspace over time.
  public var arenaByteCount = 0
  /// The largest sum of arena bytes needed at one time; no arena can be smaller.
  public var arenaLowerBoundByteCount = 0
  /// What the arena holds at the moment when most of it is needed.
  public var arenaAtPeak: [MemoryKind: Int] = [:]

  /// Everything the executable needs on the device.
  public var totalByteCount: Int {
    constantByteCount + residentByteCount + optimizerByteCount + sentByteCount + arenaByteCount
  }

  /// The bytes of one kind; those in the arena at the moment of its peak.
  public subscript(kind: MemoryKind) -> Int {
    switch kind {
    case .weights: constantByteCount + residentByteCount
    case .optimizer: optimizerByteCount
    case .activations: sentByteCount + (arenaAtPeak[kind] ?? 0)
    default: arenaAtPeak[kind] ?? 0
    }
  }
}
