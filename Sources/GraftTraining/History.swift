/// Loss and metrics over some samples.
public struct Metrics: Hashable, Sendable {
  /// The mean loss a sample.
  public var loss: Float
  /// The metrics by name; those that have no value are left out.
  public var values: [String: Float]
  /// How many samples the means are over.
  public var sampleCount: Int

  /// Means over `sampleCount` samples.
  public init(loss: Float, values: [String: Float] = [:], sampleCount: Int) {
    self.loss = loss
    self.values = values
    self.sampleCount = sampleCount
  }

  /// The part of the samples classified right; `nil` where the targets are not classes.
  public var accuracy: Float? { values["accuracy"] }

  /// The loss or a metric by name; `nil` where there is none.
  public subscript(name: String) -> Float? { name == "loss" ? loss : values[name] }
}

extension Metrics: Codable {
  private enum Key: String, CodingKey { case loss, values, accuracy, sampleCount }

  /// Reads what older versions wrote as well, which knew the accuracy alone.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    loss = try container.decode(Float.self, forKey: .loss)
    sampleCount = try container.decode(Int.self, forKey: .sampleCount)
    values = try container.decodeIfPresent([String: Float].self, forKey: .values) ?? [:]
    if let accuracy = try container.decodeIfPresent(Float.self, forKey: .accuracy) {
      values["accuracy"] = accuracy
    }
  }

  /// Writes the metrics by name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(loss, forKey: .loss)
    try container.encode(values, forKey: .values)
    try container.encode(sampleCount, forKey: .sampleCount)
  }
}

/// What happened in one epoch.
public struct EpochRecord: Hashable, Sendable, Codable {
  /// Counted from 1, through all fits of a learner.
  public var epoch: Int
  /// Over the training samples, while they were trained on.
  public var training: Metrics
  /// Over the validation samples, after the epoch.
  public var validation: Metrics?
  /// The learning rate of the last step.
  public var rate: Float
  /// How long the epoch took, validation included.
  public var seconds: Double
  /// How many elements of parameters were trained.
  public var trainableCount: Int

  /// Training samples a second, validation left out.
  public var samplesPerSecond: Double

  /// What is known at the end of an epoch; `seconds` is how long it took, validation included.
  public init(
    epoch: Int, training: Metrics, validation: Metrics?, rate: Float, seconds: Double,
    trainableCount: Int, samplesPerSecond: Double
  ) {
    self.epoch = epoch
    self.training = training
    self.validation = validation
    self.rate = rate
    self.seconds = seconds
    self.trainableCount = trainableCount
    self.samplesPerSecond = samplesPerSecond
  }
}

/// The epochs of a learner, in order.
public struct History: Hashable, Sendable, Codable {
  /// What happened in each epoch, the first one first.
  public var epochs: [EpochRecord]

  /// These epochs, the first one first.
  public init(_ epochs: [EpochRecord] = []) { self.epochs = epochs }

  /// The loss or a metric of each epoch, over validation samples where there were any.
  public subscript(name: String) -> [Float] {
    epochs.compactMap { ($0.validation ?? $0.training)[name] }
  }

  /// The last epoch.
  public var last: EpochRecord? { epochs.last }
  /// The epoch with the least validation loss, of equals the first: the one that
  /// ``TrainingOptions/keepsBest`` keeps.
  public var best: EpochRecord? {
    epochs.filter { $0.validation?.loss.isFinite ?? false }.min {
      $0.validation?.loss ?? .infinity < $1.validation?.loss ?? .infinity
    }
  }
}
