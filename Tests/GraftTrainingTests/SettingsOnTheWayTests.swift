import Foundation
import Graft
import Synchronization
import Testing

/// What the settings of a learner do while it trains, and what asking it something meanwhile doesn't.
@Suite struct SettingsOnTheWayTests {
  private static func makeData() throws -> ArrayDataset<Int> {
    var generator = SeededGenerator(seed: 1)
    let labels = (0..<22).map { $0 % 2 }
    let values = labels.flatMap { label in
      (0..<4 * 4 * 3).map { _ in Float(generator.nextUnit()) + Float(label) * 0.4 }
    }
    return try ArrayDataset(
      values: values, sampleShape: [4, 4, 3], labels: labels, classes: ["dark", "bright"])
  }

  private static func makeLearner(
    frozen: Bool = true, seed: UInt64 = 0, device: any Device = CPUDevice()
  ) throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: 4, classNames: ["dark", "bright"]) {
      Flatten()
      Dense(6, activation: .relu).named("hidden")
      BatchNormalization().named("norm")
      Dropout(0.2)
      Dense(2).named("last")
    }
    return try Learner(
      model, freezing: frozen ? .upTo("norm") : .none, optimizer: .adam(0.02), device: device,
      seed: seed)
  }

  private static func values(_ learner: Learner<ImageClassification>) throws -> [[Float]] {
    let store = try learner.parameters()
    return try learner.model.parameters.map { try store.values(at: $0.path) }
  }

  private static func distance(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? 0
  }

  /// Trains with what `change` does to the learner at each event.
  private static func train(
    _ learner: Learner<ImageClassification>, epochs: Int = 3, keepsBest: Bool = false,
    cache: TrainingOptions.FeatureCache = .automatic,
    _ change: (Learner<ImageClassification>, TrainingEvent) async throws -> Void = { _, _ in }
  ) async throws {
    let data = try makeData()
    let run = try learner.training(
      on: learner.feed(data), validation: learner.feed(data),
      options: TrainingOptions(
        epochs: epochs, batchSize: 8, featureCache: cache, keepsBest: keepsBest))
    for try await event in run { try await change(learner, event) }
  }

  private static func isEnd(of epoch: Int, _ event: TrainingEvent) -> Bool {
    if case .epoch(let record) = event { record.epoch == epoch } else { false }
  }

  private static func isStep(_ step: Int, of epoch: Int, _ event: TrainingEvent) -> Bool {
    if case .step(let record) = event {
      (record.step, record.epoch) == (step, epoch)
    } else {
      false
    }
  }

  /// As if training had been begun anew with the other plan.
  @Test(arguments: TrainingOptions.FeatureCache.allCases)
  func anotherPlanCountsFromTheNextStep(cache: TrainingOptions.FeatureCache) async throws {
    let (learner, expected) = (try Self.makeLearner(), try Self.makeLearner())
    try await Self.train(learner, cache: cache) { learner, event in
      guard Self.isEnd(of: 1, event) else { return }
      learner.freezing = .none
      let summary = try learner.summary().description
      #expect(summary.contains("hidden"))
    }
    try await Self.train(expected, epochs: 1, cache: .off)
    expected.freezing = .none
    try await Self.train(expected, epochs: 2, cache: .off)
    #expect(Self.distance(try Self.values(learner), try Self.values(expected)) < 1e-5)
    #expect(learner.history.epochs.map(\.trainableCount) == [26, 320, 320])
    for (a, b) in zip(learner.history.epochs, expected.history.epochs) {
      #expect(abs((a.validation?.loss ?? 0) - (b.validation?.loss ?? 1)) < 1e-5)
    }
  }

  @Test func layersAreFrozenInTheMiddleOfAnEpoch() async throws {
    var results: [[[Float]]] = []
    for cache in TrainingOptions.FeatureCache.allCases {
      let learner = try Self.makeLearner(frozen: false)
      var hidden: [Float] = []
      var extracted = 0
      try await Self.train(learner, cache: cache) { learner, event in
        if case .extracted(let count, _) = event { extracted = count }
        guard Self.isStep(2, of: 1, event) else { return }
        learner.freezing = .upTo("norm")
        hidden = try Self.values(learner)[0]
      }
      #expect(try Self.values(learner)[0] == hidden)
      // Training and validation samples, before the second epoch.
      #expect(extracted == (cache == .automatic ? 44 : 0))
      results.append(try Self.values(learner))
    }
    #expect(Self.distance(results[0], results[1]) < 1e-5)
  }

  @Test func thawedInTheMiddleOfAnEpochFeaturesAreForgotten() async throws {
    var results: [[[Float]]] = []
    for cache in TrainingOptions.FeatureCache.allCases {
      let learner = try Self.makeLearner()
      try await Self.train(learner, cache: cache) { learner, event in
        if Self.isStep(1, of: 2, event) { learner.freezing = .none }
      }
      results.append(try Self.values(learner))
    }
    #expect(Self.distance(results[0], results[1]) < 1e-5)
    #expect(results[0][0] != (try Self.values(Self.makeLearner())[0]))
  }

  @Test func anotherRateCountsFromTheNextStep() async throws {
    let learner = try Self.makeLearner(frozen: false)
    learner.statistics = .stored
    var then: [[Float]] = []
    try await Self.train(learner) { learner, event in
      guard Self.isStep(2, of: 2, event) else { return }
      learner.optimizer.rate = 0
      then = try Self.values(learner)
    }
    #expect(try Self.values(learner) == then)
    #expect(learner.history.epochs.map(\.rate) == [0.02, 0, 0])
  }

  @Test func settingsOfNonsenseEndTheRun() async throws {
    let learner = try Self.makeLearner()
    await #expect(throws: ModelError.self) {
      try await Self.train(learner) { learner, _ in learner.freezing = .upTo("hiden") }
    }
    let other = try Self.makeLearner()
    await #expect(throws: OptionError.self) {
      try await Self.train(other) { learner, _ in learner.optimizer.rate = .nan }
    }
  }

  /// What was frozen at the best epoch goes back to what it was then.
  @Test func theBestValuesAreWholeAfterAChange() async throws {
    let learner = try Self.makeLearner()
    var best: [[Float]] = []
    try await Self.train(learner, keepsBest: true) { learner, event in
      guard Self.isEnd(of: 1, event) else { return }
      best = try Self.values(learner)
      learner.freezing = .none
      learner.optimizer.rate = 100
    }
    #expect(try Self.values(learner) == best)
  }

  /// Bit by bit, on the CPU and on what OpenCL offers.
  @Test(arguments: TestDevice.all)
  func askingChangesNothing(_ device: TestDevice) async throws {
    let data = try Self.makeData()
    let (plain, asked) = (
      try Self.makeLearner(device: device.open()), try Self.makeLearner(device: device.open())
    )
    try await Self.train(plain)
    try await Self.train(asked) { learner, _ in
      _ = try learner.summary()
      _ = try await learner.evaluate(data)
      _ = try await learner.classify(data)
      _ = try await learner.features(["hidden"], of: learner.feed(data), batchSize: 5)
    }
    #expect(try Self.values(plain) == Self.values(asked))
    #expect(
      plain.history.epochs.map(\.validation) == asked.history.epochs.map(\.validation))
  }

  @Test func twoLearnersShareADevice() async throws {
    func train(seed: UInt64, on device: any Device) async throws -> [[Float]] {
      let learner = try Self.makeLearner(frozen: seed == 1, seed: seed, device: device)
      try await Self.train(learner)
      _ = try await learner.evaluate(Self.makeData())
      return try Self.values(learner)
    }
    let device = CPUDevice(threadCount: 4)
    async let first = train(seed: 1, on: device)
    async let second = train(seed: 2, on: device)
    async let third = train(seed: 3, on: device)
    let found = try await [first, second, third]
    for (seed, values) in zip(1...3 as ClosedRange<UInt64>, found) {
      #expect(try await train(seed: seed, on: CPUDevice()) == values)
    }
  }
}
