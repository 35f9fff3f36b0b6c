public import GraftData
import GraftGraph
import GraftRuntime

/// Trains step by step, each time it is asked for the next event.
///
/// Nothing runs between two calls, so whoever asks decides when to stop, and stopping is to ask no
/// more: the parameters are then those after the last step. Each call says what trains and how, which may
/// be something else than before.
public final class TrainingLoop {
  let engine: TrainingEngine
  private var configuration: TrainingConfiguration
  private let options: TrainingOptions
  /// What was given to train and validate on.
  private let given: (training: any BatchSource, validation: (any BatchSource)?)
  /// What is trained and validated on: from the extraction on, what the frozen part left of it.
  private var training: any BatchSource
  private var validation: (any BatchSource)?
  private let seed: UInt64
  private let firstEpoch: Int
  private var phase = Phase.beginEpoch
  /// Whether to look, before the next epoch, for what can be computed once for all that follow.
  private var looksForFeatures = true
  private var isStartKept = false
  private var epoch = 0
  private var step = 0
  private var values: BestValues?
  private var leastLoss = Float.infinity
  private var epochsWithoutProgress = 0
  private var trainableCount = 0

  private enum Phase {
    case beginEpoch
    case extracting(FeatureExtraction)
    case training(EpochProgress)
    case done
  }

  /// - Parameter firstEpoch: The number of the first epoch, from 1; decides order and augmentation.
  /// - Throws: ``OptionError``; ``MissingValidation`` where the options need validation samples;
  ///   `GraphError` where the model can't be traced.
  public init(
    engine: TrainingEngine, configuration: TrainingConfiguration, options: TrainingOptions,
    training: any BatchSource, validation: (any BatchSource)?, seed: UInt64, firstEpoch: Int = 1
  ) throws {
    try options.validate()
    try configuration.validate()
    let validation = validation.flatMap { $0.sampleCount > 0 ? $0 : nil }
    if options.patience != nil || options.keepsBest, validation == nil {
      throw MissingValidation()
    }
    self.engine = engine
    self.configuration = configuration
    self.options = options
    given = (training, validation)
    self.training = training
    self.validation = validation
    self.seed = seed
    self.firstEpoch = firstEpoch
    trainableCount = try countTrainable()
  }

  /// The next event, or `nil` when training is over.
  ///
  /// - Parameter new: What trains and how from now on; as before if `nil`.
  public func next(_ new: TrainingConfiguration? = nil) throws -> TrainingEvent? {
    if let new, new != configuration { try adopt(new) }
    try engine.configure(configuration)
    while true {
      switch phase {
      case .beginEpoch: try goOn()
      case .extracting(let extraction):
        if let count = try extraction.next() {
          return .extracted(count: count, total: extraction.total)
        }
        phase = .beginEpoch
      case .training(let progress):
        if let record = try progress.next(self) {
          try requireFinite(record.loss, progress, step: record.step)
          return .step(record)
        }
        let record = try endEpoch(progress)
        try requireFinite(record.validation?.loss ?? 0, progress)
        phase = .beginEpoch
        epoch += 1
        if try shouldStop(after: record) { try finish() }
        return .epoch(record)
      case .done: return nil
      }
    }
  }

  /// Ends training now as if no epochs were left: with ``TrainingOptions/keepsBest`` the values of
  /// the best epoch come back. Values at the start come back only where they are better than what
  /// they became since.
  public func end() throws {
    if case .done = phase { return }
    if options.keepsBest, let start = values, start.epoch == nil, start.step != step,
      let metrics = try evaluation(), start.isBeaten(by: metrics.loss)
    {
      values = BestValues(epoch: firstEpoch + epoch, validation: metrics, step: step, values: [:])
    }
    try finish()
  }

  /// The best values so far; `nil` where none were evaluated.
  public var best: BestEpoch? {
    values.flatMap { values in
      values.validation.map { BestEpoch(epoch: values.epoch, validation: $0) }
    }
  }

  /// The rate of the step about to be made.
  func advance(stepsPerEpoch: Int) -> Float {
    defer { step += 1 }
    return configuration.optimizer.rate
      * options.schedule.factor(
        step: step, stepsPerEpoch: stepsPerEpoch, epochs: options.epochs,
        warmup: options.warmupSteps)
  }

  /// Begins what comes before the next step: an extraction, an epoch or the end.
  private func goOn() throws {
    if epoch == options.epochs { return try finish() }
    if looksForFeatures {
      looksForFeatures = false
      if let extraction = try startExtraction() {
        phase = .extracting(extraction)
        return
      }
    }
    if !isStartKept {
      isStartKept = true
      try keepStart()
    }
    phase = .training(try beginEpoch())
  }

  private func startExtraction() throws -> FeatureExtraction? {
    guard options.featureCache == .automatic, options.epochs - epoch > 1,
      let cache = try makeCache(training)
    else { return nil }
    training = cache
    var work = [cache]
    if let source = validation, let cache = try makeCache(source) {
      validation = cache
      work.append(cache)
    }
    return FeatureExtraction(engine: engine, work: work, batchSize: options.batchSize)
  }

  /// Room for what the frozen part makes of a source; `nil` where it makes nothing, or something else
  /// each time.
  private func makeCache(_ source: any BatchSource) throws -> FeatureCache? {
    guard source.isRepeatable else { return nil }
    var samples = source.signatures.map { _ in [Int]() }
    for batch in try source.plan(.sequential, size: options.batchSize, epoch: 0) {
      samples[batch.signature] += batch.samples
    }
    var banks: [FeatureBank?] = []
    for (signature, samples) in zip(source.signatures, samples) {
      guard !samples.isEmpty else {
        banks.append(nil)
        continue
      }
      let bank = try engine.featureBank(
        for: signature, samples: samples, memoryLimit: options.featureMemoryLimit)
      guard let bank else { return nil }
      banks.append(bank)
    }
    return FeatureCache(source, banks: banks)
  }

  private func beginEpoch() throws -> EpochProgress {
    let number = firstEpoch + epoch
    let plan = try training.plan(.shuffled(seed: seed), size: options.batchSize, epoch: number)
    return try EpochProgress(
      number: number, plan: plan, source: training, readsAhead: engine.session.takesInputsAhead,
      batchSize: options.batchSize, metrics: configuration.metrics)
  }

  private func endEpoch(_ progress: EpochProgress) throws -> EpochRecord {
    let metrics = try evaluation()
    return EpochRecord(
      epoch: progress.number, training: progress.metrics, validation: metrics,
      rate: progress.rate, seconds: progress.seconds, trainableCount: trainableCount,
      samplesPerSecond: progress.samplesPerSecond)
  }

  private func evaluation() throws -> Metrics? {
    try validation.map { try engine.evaluate($0, batchSize: options.batchSize) }
  }
}

// MARK: - Changes on the way

extension TrainingLoop {
  /// Goes by another configuration from the next step on, in the middle of an epoch too.
  ///
  /// Where other parameters change than before, features of what was frozen are worth nothing any more:
  /// the samples of this epoch that are left come from the source, and features that can be kept now are
  /// computed before the next one.
  private func adopt(_ new: TrainingConfiguration) throws {
    try new.validate()
    try engine.configure(configuration)
    let before = try engine.changing()
    let hasOtherMetrics = !new.metrics.elementsEqual(configuration.metrics) { isEqual($0, $1) }
    try engine.configure(new)
    configuration = new
    if case .training(let progress) = phase, hasOtherMetrics { progress.count(new.metrics) }
    guard try engine.changing() != before else { return }
    trainableCount = try countTrainable()
    try keepFrozenValues()
    (training, validation) = given
    looksForFeatures = true
    switch phase {
    case .extracting: phase = .beginEpoch
    case .training(let progress): try progress.goOn(with: training)
    case .beginEpoch, .done: break
    }
  }

  private func countTrainable() throws -> Int {
    try engine.trace(1).parameters.filter { configuration.trainable.contains($0.path) }
      .reduce(0) { $0 + $1.type.shape.count }
  }

  /// Adds to the best values what was frozen until now, and so belongs to them.
  private func keepFrozenValues() throws {
    guard let kept = values?.values, !kept.isEmpty else { return }
    values?.values = kept.merging(try currentValues()) { old, _ in old }
  }
}

// MARK: - The best values

extension TrainingLoop {
  private var keepsValues: Bool { options.keepsBest || options.stopsDivergence }

  /// Keeps the values at the start, where they may be wanted back.
  private func keepStart() throws {
    let isCounted = options.keepsBest && options.countsStart
    guard isCounted || options.stopsDivergence else { return }
    values = BestValues(
      validation: isCounted ? try evaluation() : nil, step: step, values: try currentValues())
  }

  /// Keeps the best values, and tells whether patience has run out.
  private func shouldStop(after record: EpochRecord) throws -> Bool {
    guard let loss = record.validation?.loss else {
      if options.stopsDivergence { try keepValues(of: record) }
      return false
    }
    if loss.isFinite, values?.isBeaten(by: loss) ?? true { try keepValues(of: record) }
    if loss < leastLoss {
      (leastLoss, epochsWithoutProgress) = (loss, 0)
    } else {
      epochsWithoutProgress += 1
    }
    return options.patience.map { epochsWithoutProgress >= $0 } ?? false
  }

  private func keepValues(of record: EpochRecord) throws {
    values = BestValues(
      epoch: record.epoch, validation: record.validation, step: step,
      values: keepsValues ? try currentValues() : [:])
  }

  /// The values that training changes, running statistics included.
  private func currentValues() throws -> [ParameterPath: [Float]] {
    try engine.download()
    var values: [ParameterPath: [Float]] = [:]
    for path in try engine.changing() {
      values[path] = try engine.session.parameters.values(at: path)
    }
    return values
  }

  /// Ends training with the best values where the loss is no finite number, if that is asked for.
  private func requireFinite(
    _ loss: Float, _ progress: EpochProgress, step: Int? = nil
  ) throws {
    guard options.stopsDivergence, !loss.isFinite else { return }
    phase = .done
    if let values { try engine.restore(values.values) }
    throw DivergedTraining(
      epoch: progress.number, step: step, rate: progress.rate, keptEpoch: values?.epoch)
  }

  private func finish() throws {
    phase = .done
    try engine.download()
    guard options.keepsBest, let values, values.validation != nil, values.step != step else {
      return
    }
    try engine.restore(values.values)
  }
}
