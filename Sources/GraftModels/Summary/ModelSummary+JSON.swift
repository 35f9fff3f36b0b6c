import GraftRuntime

extension ModelSummary: Encodable {
  private enum CodingKeys: String, CodingKey {
    case model, parameters, trainableParameters, frozenParameters, runningStatistics, layers
    case batchSize, bytes, totalBytes, bytesSavedByFreezing
  }

  /// Writes counts, layers and, where a device is known, bytes by kind.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(model, forKey: .model)
    try container.encode(parameterCount, forKey: .parameters)
    try container.encode(trainableCount, forKey: .trainableParameters)
    try container.encode(frozenCount, forKey: .frozenParameters)
    try container.encode(statisticCount, forKey: .runningStatistics)
    try container.encode(layers, forKey: .layers)
    guard let memory else { return }
    let bytes = MemoryKind.allCases.map { ($0.rawValue, memory.plan[$0]) }
    try container.encode(memory.batchSize, forKey: .batchSize)
    try container.encode(Dictionary(uniqueKeysWithValues: bytes), forKey: .bytes)
    try container.encode(memory.plan.totalByteCount, forKey: .totalBytes)
    try container.encode(memory.savedByteCount, forKey: .bytesSavedByFreezing)
  }
}

extension ModelSummary.Layer: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, kind, shape, parameters, trainable
  }

  /// Writes the layer with the number of its parameters and whether any of them trains.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encode(shape, forKey: .shape)
    try container.encode(parameterCount, forKey: .parameters)
    try container.encode(trainableCount > 0, forKey: .trainable)
  }
}
