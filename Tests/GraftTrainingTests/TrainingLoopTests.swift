import Foundation
import Graft
import Testing

/// What a fit makes of samples, epochs and options, step by step.
@Suite struct TrainingLoopTests {
  /// Four numbers a sample, two classes.
  private static func makeModel(softmax: Bool = false, outputs: Int = 2) -> Model {
    Model(name: "small", inputSize: 2, inputChannels: 1) {
      Flatten()
      Dense(3, activation: .tanh).named("hidden")
      Dense(outputs).named("classes")
      if softmax { Softmax() }
    }
  }

  /// Samples with targets that may count differently, or turn around after some evaluations.
  private final class Samples: BatchSource, @unchecked Sendable {
    let sampleCount: Int
    let isRepeatable = true
    let signatures: [Signature] = [
      [TensorSpec("input", [4]), TensorSpec("targets", [2], kind: .target)]
    ]
    var countOfEachSample: [Float] = []
    /// How many times all samples are read before classes change places.
    var passesUntilTurned = Int.max
    private var readCount = 0
    /// The epochs that batches were asked for.
    private(set) var epochs: [Int] = []

    init(_ count: Int) { sampleCount = count }

    func targets(of samples: [Int]) -> [Float] {
      let turned = (readCount - 1) / sampleCount >= passesUntilTurned ? 1 : 0
      return samples.flatMap { [Float((($0 + turned) % 2)), Float((($0 + turned + 1) % 2))] }
    }

    func values(of samples: [Int]) -> [Float] {
      samples.flatMap { sample in
        (0..<4).map { Float((sample * 7 + $0 * 3) % 11) / 11 + Float(sample % 2) }
      }
    }

    func batch(of samples: [Int]) throws -> Batch {
      readCount += samples.count
      return try .given(
        samples, values(of: samples), targets: targets(of: samples),
        weights: countOfEachSample.isEmpty ? nil : samples.map { countOfEachSample[$0] })
    }

    func batches(_ plan: [PlannedBatch], epoch: Int) -> any BatchIterator {
      epochs.append(epoch)
      return GivenBatches(plan) { try self.batch(of: $0) }
    }
  }

  private static func values(_ learner: Learner<ImageClassification>) throws -> [[Float]] {
    let store = try learner.parameters()
    return try learner.model.parameters.map { try store.values(at: $0.path) }
  }

  private static func fit(
    _ samples: Samples, batchSize: Int, epochs: Int = 1, seed: UInt64 = 3,
    optimizer: Optimizer = .sgd(0.2), change: (Learner<ImageClassification>) -> Void = { _ in }
  ) async throws -> Learner<ImageClassification> {
    let learner = try Learner(
      makeModel(), optimizer: optimizer, device: CPUDevice(), seed: seed)
    change(learner)
    try await learner.fit(
      on: samples,
      options: TrainingOptions(epochs: epochs, batchSize: batchSize, featureCache: .off))
    return learner
  }

  private static func closest(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a, b).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? .infinity
  }

  /// Rows that fill a step up count nothing.
  @Test func aStepOfFewSamplesIsThatOfItsSize() async throws {
    let exact = try await Self.fit(Samples(5), batchSize: 5)
    let padded = try await Self.fit(Samples(5), batchSize: 8)
    #expect(Self.closest(try Self.values(exact), try Self.values(padded)) < 1e-6)
    let (first, second) = (exact.history.epochs[0].training, padded.history.epochs[0].training)
    #expect(abs(first.loss - second.loss) < 1e-6)
    #expect((first.sampleCount, second.sampleCount) == (5, 5))
  }

  /// Every sample is trained on once, in the order of seed and epoch, those of a last small batch too.
  @Test func anEpochIsItsStepsInOrder() async throws {
    let samples = Samples(7)
    let learner = try await Self.fit(samples, batchSize: 3, epochs: 2)
    #expect(samples.epochs == [1, 2])
    let reference = try Learner(
      Self.makeModel(), optimizer: .sgd(0.2), device: CPUDevice(), seed: 3)
    let model = reference.model
    let engine = TrainingEngine(
      session: try CPUDevice().makeSession(parameters: reference.parameters()),
      configuration: try reference.configuration()
    ) { try model.trace(batchSize: $0) }
    for epoch in 1...2 {
      let order = BatchOrder.shuffled(seed: 3).indices(count: 7, epoch: epoch)
      for batch in [order[0..<3], order[3..<6], order[6..<7]].map(Array.init) {
        _ = try engine.train(
          on: samples.batch(of: batch), epoch: epoch, batchSize: batch.count, rate: 0.2)
      }
    }
    try engine.download()
    let store = engine.session.parameters
    let expected = try model.parameters.map { try store.values(at: $0.path) }
    #expect(Self.closest(try Self.values(learner), expected) < 1e-6)
  }

  /// At a rate of 0 the loss that is told of an epoch is that of an evaluation.
  @Test func theLossOfAnEpochIsTheMeanByWeight() async throws {
    let samples = Samples(5)
    samples.countOfEachSample = [1, 3, 0.5, 2, 4]
    let learner = try await Self.fit(samples, batchSize: 2, optimizer: .sgd(0))
    let loss = learner.history.epochs[0].training.loss
    #expect(abs(try await learner.evaluate(on: samples).loss - loss) < 1e-6)
    #expect(abs(try await learner.evaluate(on: Samples(5)).loss - loss) > 1e-4)
  }

  @Test func aSampleThatCountsNothingLeavesNoTrace() async throws {
    let (samples, without) = (Samples(5), Samples(4))
    samples.countOfEachSample = [1, 1, 1, 1, 0]
    let counted = try await Self.fit(samples, batchSize: 5, epochs: 3)
    let left = try await Self.fit(without, batchSize: 4, epochs: 3)
    #expect(Self.closest(try Self.values(counted), try Self.values(left)) < 1e-6)
    let whole = try await Self.fit(Samples(5), batchSize: 5, epochs: 3)
    #expect(Self.closest(try Self.values(whole), try Self.values(left)) > 1e-4)
  }

  /// Validation whose classes change places after the second epoch.
  @Test func theBestEpochMayBeAnyOne() async throws {
    func fit(epochs: Int, keepsBest: Bool) async throws -> Learner<ImageClassification> {
      let learner = try Learner(
        Self.makeModel(), optimizer: .sgd(0.5), device: CPUDevice(), seed: 3)
      let validation = Samples(6)
      validation.passesUntilTurned = 2
      try await learner.fit(
        on: Samples(6), validation: validation,
        options: TrainingOptions(
          epochs: epochs, batchSize: 6, featureCache: .off, keepsBest: keepsBest))
      return learner
    }
    let best = try await fit(epochs: 5, keepsBest: true)
    let losses = best.history.epochs.compactMap { $0.validation?.loss }
    try #require(losses[1] < losses[0] && losses[2...].allSatisfy { $0 > losses[1] })
    #expect(best.history.best?.epoch == 2)
    let second = try await fit(epochs: 2, keepsBest: false)
    #expect(try Self.values(best) == Self.values(second))
    let last = try await fit(epochs: 5, keepsBest: false)
    #expect(try Self.values(best) != Self.values(last))
  }

  /// Adam's first step moves by the rate, whatever the gradient: so it does again where its state is
  /// new, and not where only the rate has changed.
  @Test func theStateOfTheOptimizerIsNewAfterAChangeOfWhatTrains() async throws {
    let samples = Samples(6)
    let learner = try await Self.fit(samples, batchSize: 6, epochs: 4, optimizer: .adam(0.01))
    func change(_ plan: FreezePlan, rate: Float) async throws -> [Float] {
      let before = try learner.parameters().values(at: "classes.bias")
      (learner.freezing, learner.optimizer) = (plan, .adam(rate))
      try await learner.fit(on: samples, options: TrainingOptions(epochs: 1, batchSize: 6))
      let after = try learner.parameters().values(at: "classes.bias")
      return zip(before, after).map { abs($0 - $1) }
    }
    let goingOn = try await change(.none, rate: 0.02)
    #expect(goingOn.contains { abs($0 - 0.02) > 1e-4 })
    let anew = try await change(.layers(["hidden"]), rate: 0.02)
    for distance in anew { #expect(abs(distance - 0.02) < 1e-4) }
    #expect(learner.history.epochs.map(\.epoch) == [1, 2, 3, 4, 5, 6])
  }

  /// One step with the penalty moves kernels by rate · 2 · penalty · w more than one without.
  @Test func thePenaltySparesBiases() async throws {
    func step(penalty: Float) async throws -> (before: [[Float]], after: [[Float]]) {
      let learner = try Learner(
        Self.makeModel(), optimizer: .sgd(0.1), device: CPUDevice(), seed: 3)
      let store = try learner.parameters()
      store.set("hidden.bias", shape: [3], to: [1, 2, 3])
      store.set("classes.bias", shape: [2], to: [4, 5])
      learner.l2Penalty = penalty
      let before = try Self.values(learner)
      try await learner.fit(on: Samples(4), options: TrainingOptions(epochs: 1, batchSize: 4))
      return (before, try Self.values(learner))
    }
    let (plain, penalized) = (try await step(penalty: 0), try await step(penalty: 0.5))
    for (index, parameter) in try Self.makeModel().parameters.enumerated() {
      let share: Float = parameter.role == .bias ? 0 : 0.1 * 2 * 0.5
      for (position, start) in plain.before[index].enumerated() {
        let expected = plain.after[index][position] - share * start
        #expect(abs(penalized.after[index][position] - expected) < 1e-5, "\(parameter.path)")
      }
    }
  }

  /// A model that ends in softmax is not given a second one, and learns as one that doesn't.
  @Test func aSoftmaxCountsOnce() async throws {
    let samples = Samples(6)
    let plain = try Learner(Self.makeModel(), optimizer: .sgd(0.2), device: CPUDevice(), seed: 3)
    let ending = try Learner(
      Self.makeModel(softmax: true), optimizer: .sgd(0.2), device: CPUDevice(), seed: 3)
    for learner in [plain, ending] {
      try await learner.fit(on: samples, options: TrainingOptions(epochs: 3, batchSize: 3))
    }
    #expect(Self.closest(try Self.values(plain), try Self.values(ending)) < 1e-6)
    #expect(
      Self.closest(try await plain.predict(samples), try await ending.predict(samples)) < 1e-6)
    for row in try await ending.predict(samples) { #expect(abs(row[0] + row[1] - 1) < 1e-6) }
  }

  /// The mean over samples of -Σ ((1 - s) t + s / K) · log p (Szegedy et al. 2016).
  @Test func smoothingReachesTheStep() async throws {
    let samples = Samples(6)
    let learner = try Learner(
      Self.makeModel(), loss: .crossEntropy(smoothing: 0.2), device: CPUDevice(), seed: 3)
    let rows = try await learner.predict(samples)
    let expected =
      rows.enumerated().map { sample, row in
        let right: Float = row[(sample + 1) % 2]
        return -0.9 * log(right) - 0.1 * log(1 - right)
      }.reduce(0, +) / 6
    #expect(abs(try await learner.evaluate(on: samples).loss - expected) < 1e-5)
    let history = try await learner.fit(
      on: samples, options: TrainingOptions(epochs: 1, batchSize: 6))
    #expect(abs(try #require(history.last).training.loss - expected) < 1e-5)
  }

  /// Yes from logits above 0 on.
  @Test(arguments: [(-1e-4 as Float, 0), (1e-4, 1)])
  func oneOutputAnswersYesAboveZero(logit: Float, answer: Int) async throws {
    let model = Model(
      name: "small", inputSize: 1, inputChannels: 1, classNames: ["no", "yes"]
    ) {
      Flatten()
      Dense(1).named("answer")
    }
    let learner = try Learner(model, loss: .binaryCrossEntropy, device: CPUDevice())
    let store = try learner.parameters()
    store.set("answer.weight", shape: [1, 1], to: [0])
    store.set("answer.bias", shape: [1], to: [logit])
    let data = try ArrayDataset(
      values: [1, 1, 1], sampleShape: [1, 1, 1], labels: [0, 1, 1], classes: ["no", "yes"])
    let right: Float = answer == 1 ? 2 / 3 : 1 / 3
    #expect(try await learner.evaluate(data).accuracy == right)
    for found in try await learner.classify(data) {
      #expect(found.predicted == answer)
      #expect(abs(found.probability - 0.5) < 1e-3)
      #expect(abs(found.probabilities[0] + found.probabilities[1] - 1) < 1e-6)
    }
  }

  @Test func seedsAndEpochsDecideTheOrder() async throws {
    let first = try await Self.fit(Samples(9), batchSize: 2, epochs: 2, seed: 5)
    let again = try await Self.fit(Samples(9), batchSize: 2, epochs: 2, seed: 5)
    #expect(try Self.values(first) == Self.values(again))
  }
}
