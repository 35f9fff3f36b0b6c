import GraftRuntime

extension ModelSummary: CustomStringConvertible {
  public var description: String { lines().joined(separator: "\n") }

  /// The table with its totals, line by line.
  ///
  /// - Parameter allLayers: Whether to list the layers around other layers too; their parameters
  ///   are those of the layers inside.
  public func lines(allLayers: Bool = false) -> [String] {
    let shown = allLayers ? layers : layers.filter(\.isLeaf)
    let header = ["layer", "kind", "shape", "parameters", ""]
    return Format.table([header] + shown.map(\.cells), leftColumns: 3) + ["", totals]
      + (memory.map(\.lines) ?? [])
  }

  private var totals: String {
    let statistics =
      statisticCount == 0 ? "" : "; \(Format.count(statisticCount)) running statistics besides"
    return "\(Format.count(parameterCount)) parameters (\(Format.bytes(parameterByteCount))): "
      + "\(Format.count(trainableCount)) trainable, \(Format.count(frozenCount)) frozen"
      + statistics
  }
}

extension ModelSummary.Layer {
  fileprivate var cells: [String] {
    let count = parameterCount == 0 ? "" : Format.count(parameterCount)
    return [name, kind, shape.map(String.init).joined(separator: "×"), count, mark]
  }

  private var mark: String {
    switch trainableCount {
    case _ where parameterCount == 0: ""
    case 0: "frozen"
    case parameterCount: "trains"
    default: "trains in part"
    }
  }
}

extension ModelSummary.Memory {
  fileprivate var lines: [String] {
    ["Memory of a training step with \(batchSize) samples on \(deviceName):"]
      + MemoryKind.allCases.map { "  \($0.rawValue): \(Format.bytes(plan[$0]))" }
      + [
        "  total: \(Format.bytes(plan.totalByteCount)); freezing saves "
          + "\(Format.bytes(savedByteCount)) of "
          + Format.bytes(everythingTrainable.totalByteCount)
      ]
  }
}
