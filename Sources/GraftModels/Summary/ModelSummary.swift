public import GraftLayers
public import GraftRuntime

/// What a model consists of, layer by layer, and what of it trains: what Keras's `summary()` prints.
///
/// As text it is a table of the layers that compute something themselves, with totals below;
/// ``lines(allLayers:)`` also gives the layers around them.
public struct ModelSummary: Hashable, Sendable {
  /// One line of the table.
  public struct Layer: Hashable, Sendable {
    /// The path of the layer, by which it is frozen and read.
    public let name: String
    public let kind: String
    /// Of the result for one sample.
    public let shape: [Int]
    /// The elements of its parameters and of those of all layers inside, running statistics aside.
    public let parameterCount: Int
    /// How many of them train.
    public let trainableCount: Int
    /// Whether no further layers are inside.
    public let isLeaf: Bool
  }

  /// What a training step takes on a device.
  public struct Memory: Hashable, Sendable {
    /// Samples in the step.
    public let batchSize: Int
    public let deviceName: String
    public let plan: MemoryReport
    /// The same step with nothing frozen.
    public let everythingTrainable: MemoryReport

    /// The memory of a step as `Learner.forecast(batchSize:)` gives it.
    public init(
      batchSize: Int, deviceName: String, plan: MemoryReport, everythingTrainable: MemoryReport
    ) {
      (self.batchSize, self.deviceName) = (batchSize, deviceName)
      (self.plan, self.everythingTrainable) = (plan, everythingTrainable)
    }

    /// What freezing saves, in bytes.
    public var savedByteCount: Int { everythingTrainable.totalByteCount - plan.totalByteCount }
  }

  /// The name of the model.
  public let model: String
  /// All layers, in the order in which their values are computed.
  public let layers: [Layer]
  /// The elements of all parameters, running statistics aside.
  public let parameterCount: Int
  /// How many of them train.
  public let trainableCount: Int
  /// The memory of all parameters, in bytes, running statistics aside.
  public let parameterByteCount: Int
  /// The elements of the running statistics of normalizations, which no gradient moves; Keras counts
  /// them among the parameters that don't train.
  public let statisticCount: Int
  /// `nil` where no device is known.
  public let memory: Memory?

  /// The elements of all parameters that keep their values.
  public var frozenCount: Int { parameterCount - trainableCount }

  /// The summary of a model whose parameters `trainable` train.
  public init(_ outline: Outline, trainable: Set<ParameterPath>, memory: Memory? = nil) {
    func count(_ parameters: some Sequence<Parameter>) -> Int {
      parameters.reduce(0) { $0 + $1.type.shape.count }
    }
    let all = outline.parameters.filter(\.role.isTrainable)
    model = outline.name
    layers = outline.endpoints.filter { !$0.kind.isEmpty }.map { endpoint in
      let own = outline.parameters[endpoint.parameters].filter(\.role.isTrainable)
      return Layer(
        name: endpoint.name, kind: endpoint.kind,
        shape: Array(endpoint.type.shape.extents.dropFirst()), parameterCount: count(own),
        trainableCount: count(own.filter { trainable.contains($0.path) }),
        isLeaf: endpoint.isLeaf)
    }
    parameterCount = count(all)
    trainableCount = count(all.filter { trainable.contains($0.path) })
    parameterByteCount = all.reduce(0) { $0 + $1.type.byteCount }
    statisticCount = count(outline.parameters) - parameterCount
    self.memory = memory
  }
}

extension Model {
  /// The model's layers with their results' shapes and parameters, and what of them trains.
  ///
  /// - Throws: ``ModelError`` where the plan names an unknown layer or leaves nothing to train;
  ///   `GraphError` with the path of the first layer that doesn't fit.
  public func summary(freezing plan: FreezePlan = .none) throws -> ModelSummary {
    let outline = try outline()
    return ModelSummary(outline, trainable: try plan.trainableParameters(of: outline))
  }
}
