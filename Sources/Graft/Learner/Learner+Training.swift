public import GraftData
public import GraftTraining

extension Learner {
  /// Trains as the sequence of events that comes of it.
  ///
  /// - Throws: ``MemoryError`` where a step doesn't fit the device; ``ModelError``; ``OptionError``;
  ///   ``LearnerError`` where targets don't fit the model's output; ``MissingValidation`` where the
  ///   options need validation samples; what the task says of a model that doesn't fit it.
  public func training(
    on samples: any BatchSource, validation: (any BatchSource)? = nil,
    options: TrainingOptions = TrainingOptions()
  ) throws -> TrainingRun {
    try options.validate()
    for source in [samples, validation].compactMap(\.self) { try checkTargets(of: source) }
    try checkMemory(batchSize: options.batchSize)
    let configuration = try configuration()
    let loop = try device.turns.wait {
      try TrainingLoop(
        engine: engine, configuration: configuration, options: options, training: samples,
        validation: validation, seed: seed, firstEpoch: history.epochs.count + 1)
    }
    return TrainingRun(
      loop: loop, turns: device.turns, settings: { try self.configuration() },
      record: { self.history.epochs.append($0) })
  }

  /// Trains to the end.
  ///
  /// - Parameter body: Told what happens; settings that it changes count from the next step on. What it
  ///   throws ends training.
  /// - Returns: The epochs of this fit.
  /// - Throws: As ``training(on:validation:options:)`` does; `CancellationError`, within a step, where the
  ///   task is cancelled.
  @discardableResult
  public func fit(
    on samples: any BatchSource, validation: (any BatchSource)? = nil,
    options: TrainingOptions = TrainingOptions(), isolation: isolated (any Actor)? = #isolation,
    _ body: (TrainingEvent) throws -> Void = { _ in }
  ) async throws -> History {
    let count = history.epochs.count
    var run = try training(on: samples, validation: validation, options: options)
      .makeAsyncIterator()
    while let event = try await run.next(isolation: isolation) { try body(event) }
    return History(Array(history.epochs[count...]))
  }

  /// Trains on one data set and validates on another, whatever they hold.
  ///
  /// ```swift
  /// try await learner.fit(data, validation: other, epochs: 5, schedule: .cosine) { event in
  ///   if case .epoch(let record) = event { print(record) }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - schedule: What the optimizer's rate is multiplied by from step to step.
  ///   - augmentation: What is done to training samples at random.
  ///   - patience: Stop when the validation loss has not improved for this many epochs.
  ///   - keepsBest: Whether to end with the values of the epoch with the least validation loss.
  ///   - body: Told what happens; without it a line of standard error tells how training goes.
  /// - Returns: The epochs of this fit.
  /// - Throws: As ``fit(on:validation:options:isolation:_:)`` does.
  @discardableResult
  public func fit(
    _ data: any Dataset<Goal.Sample>, validation: (any Dataset<Goal.Sample>)? = nil, epochs: Int,
    batchSize: Int = 32, schedule: RateSchedule = .constant,
    augmentation: Goal.Augmentation? = nil, patience: Int? = nil, keepsBest: Bool = false,
    isolation: isolated (any Actor)? = #isolation, _ body: ((TrainingEvent) throws -> Void)? = nil
  ) async throws -> History {
    try await fit(
      data, validation: validation, augmentation: augmentation,
      options: TrainingOptions(
        epochs: epochs, batchSize: batchSize, schedule: schedule, patience: patience,
        keepsBest: keepsBest),
      isolation: isolation, body)
  }

  /// Trains on one data set and validates on another, with all options that there are.
  ///
  /// - Parameters:
  ///   - augmentation: What is done to training samples at random.
  ///   - options: How to train.
  ///   - body: Told what happens; without it a line of standard error tells how training goes.
  /// - Returns: The epochs of this fit.
  /// - Throws: As ``fit(on:validation:options:isolation:_:)`` does.
  @discardableResult
  public func fit(
    _ data: any Dataset<Goal.Sample>, validation: (any Dataset<Goal.Sample>)? = nil,
    augmentation: Goal.Augmentation? = nil, options: TrainingOptions,
    isolation: isolated (any Actor)? = #isolation, _ body: ((TrainingEvent) throws -> Void)? = nil
  ) async throws -> History {
    let loading = BatchLoader.Options(seed: seed)
    return try await fit(
      on: BatchLoader(data, task, augmentation: augmentation, options: loading),
      validation: validation.map { try BatchLoader($0, task, options: loading) },
      options: options, isolation: isolation, body ?? ProgressLine.telling(of: options.epochs))
  }
}
