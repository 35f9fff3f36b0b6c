import Graft
import Testing

/// When training stops by itself, and whose values it ends with.
@Suite struct EarlyStoppingTests {
  /// A model with weights and running statistics, untrained.
  private static func makeLearner() throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: 4, classNames: ["dark", "bright"]) {
      BatchNormalization()
      Flatten()
      Dense(2)
    }
    return try Learner(model, optimizer: .adam(0.05), device: CPUDevice())
  }

  private static func makeData(brightIs label: Int) throws -> ArrayDataset<Int> {
    var generator = SeededGenerator(seed: 1)
    let labels = (0..<16).map { $0 % 2 }
    let values = labels.flatMap { isBright in
      (0..<4 * 4 * 3).map { _ in Float(generator.nextUnit()) + Float(isBright) * 0.4 }
    }
    return try ArrayDataset(
      values: values, sampleShape: [4, 4, 3], labels: labels.map { $0 == 1 ? label : 1 - label },
      classes: ["dark", "bright"])
  }

  /// With labels of the opposite, validation gets worse as training gets better.
  private static func fit(
    _ learner: Learner<ImageClassification>, validatesOpposite: Bool = true, epochs: Int,
    patience: Int? = nil,
    keepsBest: Bool = false
  ) async throws -> History {
    try await learner.fit(
      on: learner.feed(makeData(brightIs: 1)),
      validation: learner.feed(makeData(brightIs: validatesOpposite ? 0 : 1)),
      options: TrainingOptions(
        epochs: epochs, batchSize: 8, featureCache: .off, patience: patience,
        keepsBest: keepsBest))
  }

  private static func values(_ learner: Learner<ImageClassification>) throws -> [[Float]] {
    let store = try learner.parameters()
    return try learner.model.parameters.map { try store.values(at: $0.path) }
  }

  /// Keras's rule: patience counts epochs without progress.
  @Test(arguments: [1, 2, 3])
  func stopsWhenPatienceRunsOut(patience: Int) async throws {
    let history = try await Self.fit(Self.makeLearner(), epochs: 9, patience: patience)
    #expect(history.epochs.count == 1 + patience)
    #expect(history.best?.epoch == 1)
  }

  @Test func aLossThatStaysIsNoProgress() async throws {
    let learner = try Self.makeLearner()
    (learner.statistics, learner.optimizer) = (.stored, .sgd(0))
    let history = try await Self.fit(learner, epochs: 6, patience: 2)
    #expect(Set(history.epochs.map { $0.validation?.loss }).count == 1)
    #expect(history.epochs.count == 3)
  }

  @Test func goesOnWhileTheLossFalls() async throws {
    let learner = try Self.makeLearner()
    (learner.statistics, learner.optimizer) = (.stored, .sgd(0.01))
    let history = try await Self.fit(learner, validatesOpposite: false, epochs: 6, patience: 1)
    #expect(history.epochs.count == 6)
    #expect(history.best?.epoch == 6)
  }

  @Test func endsWithTheBestEpochsValuesAndStatistics() async throws {
    let (once, best, last) = (
      try Self.makeLearner(), try Self.makeLearner(), try Self.makeLearner()
    )
    _ = try await Self.fit(once, epochs: 1)
    _ = try await Self.fit(best, epochs: 4, keepsBest: true)
    _ = try await Self.fit(last, epochs: 4)
    #expect(try Self.values(best) == Self.values(once))
    for (kept, last) in zip(try Self.values(best), try Self.values(last)) { #expect(kept != last) }
    #expect(
      try await best.evaluate(Self.makeData(brightIs: 0))
        == once.evaluate(Self.makeData(brightIs: 0)))
  }

  @Test func endingEarlyPutsTheBestBack() async throws {
    let (once, learner) = (try Self.makeLearner(), try Self.makeLearner())
    _ = try await Self.fit(once, epochs: 1)
    let run = try learner.training(
      on: learner.feed(Self.makeData(brightIs: 1)),
      validation: learner.feed(Self.makeData(brightIs: 0)),
      options: TrainingOptions(epochs: 5, batchSize: 8, featureCache: .off, keepsBest: true))
    for try await event in run {
      if case .step(let record) = event, record.epoch == 3 { break }
    }
    #expect(try Self.values(learner) != Self.values(once))
    try await run.end()
    #expect(try Self.values(learner) == Self.values(once))
  }

  @Test func bothNeedValidationSamples() throws {
    let learner = try Self.makeLearner()
    let feed = try learner.feed(Self.makeData(brightIs: 1))
    for options in [TrainingOptions(patience: 1), TrainingOptions(keepsBest: true)] {
      #expect(throws: MissingValidation.self) { try learner.training(on: feed, options: options) }
    }
  }

  /// With labels of the opposite, every epoch is worse than the start.
  @Test func theStartMayBeTheBest() async throws {
    let (learner, other) = (try Self.makeLearner(), try Self.makeLearner())
    let start = try Self.values(learner)
    let run = try learner.training(
      on: learner.feed(Self.makeData(brightIs: 1)),
      validation: learner.feed(Self.makeData(brightIs: 0)),
      options: TrainingOptions(
        epochs: 3, batchSize: 8, featureCache: .off, keepsBest: true, countsStart: true))
    for try await _ in run {}
    #expect(run.best?.epoch == nil)
    #expect(try await run.best?.validation == other.evaluate(Self.makeData(brightIs: 0)))
    #expect(try Self.values(learner) == start)
    #expect(learner.history.epochs.allSatisfy { $0.validation!.loss > run.best!.validation.loss })
  }

  /// Of equals the epoch counts, not the start.
  @Test func anEpochNeedOnlyBeAsGoodAsTheStart() async throws {
    let learner = try Self.makeLearner()
    (learner.statistics, learner.optimizer) = (.stored, .sgd(1e-30))
    let run = try learner.training(
      on: learner.feed(Self.makeData(brightIs: 1)),
      validation: learner.feed(Self.makeData(brightIs: 0)),
      options: TrainingOptions(epochs: 2, batchSize: 8, keepsBest: true, countsStart: true))
    for try await _ in run {}
    #expect(run.best?.epoch == 1)
  }

  /// What was learned since the start is not given up for it, unless it is worse.
  @Test(arguments: [true, false])
  func endingInTheFirstEpochKeepsTheBetter(learnsOpposite: Bool) async throws {
    let learner = try Self.makeLearner()
    (learner.statistics, learner.optimizer) = (.stored, .sgd(learnsOpposite ? 10 : 0.01))
    let start = try Self.values(learner)
    let run = try learner.training(
      on: learner.feed(Self.makeData(brightIs: 1)),
      validation: learner.feed(Self.makeData(brightIs: learnsOpposite ? 0 : 1)),
      options: TrainingOptions(
        epochs: 3, batchSize: 8, featureCache: .off, keepsBest: true, countsStart: true))
    for try await _ in run { break }
    try await run.end()
    #expect(try (Self.values(learner) == start) == learnsOpposite)
    #expect(run.best?.epoch == (learnsOpposite ? nil : 1))
  }

  /// At this rate the squared error grows from step to step until it is no number.
  @Test func divergenceEndsWithTheBestEpoch() async throws {
    func learner() throws -> Learner<ImageClassification> {
      let learner = try Self.makeLearner()
      (learner.statistics, learner.loss, learner.optimizer) = (
        .stored, MeanSquaredError(), .sgd(10)
      )
      return learner
    }
    func run(_ learner: Learner<ImageClassification>, epochs: Int, validates: Bool) throws
      -> Graft.TrainingRun
    {
      try learner.training(
        on: learner.feed(Self.makeData(brightIs: 1)),
        validation: validates ? learner.feed(Self.makeData(brightIs: 1)) : nil,
        options: TrainingOptions(
          epochs: epochs, batchSize: 8, featureCache: .off, stopsDivergence: true))
    }
    let once = try learner()
    for try await _ in try run(once, epochs: 1, validates: true) {}
    let diverging = try learner()
    let error = await #expect(throws: DivergedTraining.self) {
      for try await _ in try run(diverging, epochs: 99, validates: true) {}
    }
    #expect(error?.keptEpoch == 1)
    #expect(try Self.values(diverging) == Self.values(once))
    #expect((1..<99).contains(diverging.history.epochs.count))
    #expect(error?.epoch == diverging.history.epochs.count + 1)
    // Without validation samples nobody knows a better one than the last.
    let blind = try learner()
    let other = await #expect(throws: DivergedTraining.self) {
      for try await _ in try run(blind, epochs: 99, validates: false) {}
    }
    #expect(other?.keptEpoch == blind.history.epochs.count)
    #expect(other?.step != nil)
    #expect(other?.description.contains("in step") == true)
    #expect(try Self.values(blind).joined().allSatisfy(\.isFinite))
  }
}
