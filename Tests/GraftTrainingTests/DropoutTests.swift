import Graft
import Testing

/// What a dropout drops follows from seed, epoch and sample, wherever in a batch the sample stands.
@Suite struct DropoutTests {
  private static let size = 6 * 6 * 3

  private static func makeEngine(on device: any Device, seed: UInt64 = 3) throws -> TrainingEngine {
    let model = Model(name: "small", inputSize: 6) {
      Dropout(0.4)
      GlobalAveragePooling()
      Dense(4, activation: .relu).named("hidden")
      Dropout(0.5)
      Dense(2)
    }
    let store = ParameterStore()
    store.initialize(try model.parameters, seed: 1)
    let configuration = TrainingConfiguration(
      trainable: Set(try model.parameters.map(\.path)), loss: .crossEntropy, metrics: [Accuracy()],
      optimizer: .sgd(0))
    return TrainingEngine(
      session: device.makeSession(parameters: store), configuration: configuration, seed: seed
    ) { try model.trace(batchSize: $0) }
  }

  private static func values(of sample: Int) -> [Float] {
    (0..<size).map { position in
      let number = (sample * 31 + position * 17) % 23
      return Float(number) / 5 + 0.5
    }
  }

  /// The scores of each sample of a batch in a step that moves nothing.
  private static func scores(
    of samples: [Int], epoch: Int = 1, batchSize: Int, _ engine: TrainingEngine
  ) throws -> [[Float]] {
    let values = samples.flatMap { Self.values(of: $0) }
    let targets = [Float](repeating: 0.5, count: 2 * samples.count)
    let all = try engine.train(
      on: .given(samples, values, targets: targets), epoch: epoch, batchSize: batchSize, rate: 0
    ).values["accuracy.scores"]
    return samples.indices.map { Array(all[$0 * 2..<$0 * 2 + 2]) }
  }

  @Test("It doesn't depend on the rest of the batch", arguments: TestDevice.all)
  func followsTheSample(device: TestDevice) throws {
    let engine = try Self.makeEngine(on: device.open())
    let together = try Self.scores(of: Array(0..<12), batchSize: 12, engine)
    for batch in [[5, 2, 11, 0], [7, 1, 6, 3], [9, 10, 8]] {
      let apart = try Self.scores(of: batch, batchSize: 4, engine)
      for (sample, scores) in zip(batch, apart) {
        for (value, expected) in zip(scores, together[sample]) {
          #expect(abs(value - expected) < 1e-5, "sample \(sample)")
        }
      }
    }
  }

  @Test func differsByEpochSeedAndSample() throws {
    let engine = try Self.makeEngine(on: CPUDevice())
    let other = try Self.makeEngine(on: CPUDevice(), seed: 4)
    let samples = Array(0..<12)
    let first = try Self.scores(of: samples, epoch: 1, batchSize: 12, engine)
    #expect(try Self.scores(of: samples, epoch: 1, batchSize: 12, engine) == first)
    #expect(try Self.scores(of: samples, epoch: 2, batchSize: 12, engine) != first)
    #expect(try Self.scores(of: samples, epoch: 1, batchSize: 12, other) != first)
    // Two samples with the same values (they repeat every 23 samples) lose different elements.
    let twins = try Self.scores(of: [1, 24], batchSize: 2, engine)
    #expect(twins[0] != twins[1])
  }

  /// Numbers of 32 bits are the same for two of a hundred thousand samples, those of 64 are not.
  @Test func followsAllBitsOfTheNumber() throws {
    var seen: [UInt32: Int] = [:]
    var twins: [Int] = []
    for sample in 0..<1_000_000 where twins.isEmpty {
      var generator = SeededGenerator(seed: 3, purpose: .dropout, epoch: 1, index: sample)
      let half = UInt32(truncatingIfNeeded: generator.next())
      if let earlier = seen.updateValue(sample, forKey: half) { twins = [earlier, sample] }
    }
    try #require(twins.count == 2)
    let engine = try Self.makeEngine(on: CPUDevice())
    let values = Self.values(of: 0) + Self.values(of: 0)
    let scores = try engine.train(
      on: .given(twins, values, targets: [0.5, 0.5, 0.5, 0.5]), epoch: 1, batchSize: 2, rate: 0
    ).values["accuracy.scores"]
    #expect(Array(scores[0..<2]) != Array(scores[2..<4]))
  }

  private static func losses(
    of samples: [Int], epochs: Int = 3, rate: Float = 0.1,
    cache: TrainingOptions.FeatureCache = .off
  ) async throws -> [Float] {
    let data = try ArrayDataset(
      values: (0..<12).flatMap { values(of: $0) }, sampleShape: [6, 6, 3],
      labels: (0..<12).map { $0 % 2 }, classes: ["even", "odd"])
    let model = Model(name: "small", inputSize: 6, classNames: ["even", "odd"]) {
      GlobalAveragePooling()
      Dropout(0.5)
      Dense(2)
    }
    let learner = try Learner(model, optimizer: .sgd(rate), device: CPUDevice())
    let options = TrainingOptions(epochs: epochs, batchSize: 5, featureCache: cache)
    let feed = try learner.feed(data.subset(samples))
    return try await learner.fit(on: feed, options: options).epochs.map(\.training.loss)
  }

  private static func expectEqual(_ losses: [Float], _ expected: [Float]) {
    #expect(losses.count == expected.count)
    for (loss, expected) in zip(losses, expected) { #expect(abs(loss - expected) < 1e-5) }
  }

  @Test func keptFeaturesLoseWhatSamplesWouldLose() async throws {
    let samples = Array(0..<12)
    Self.expectEqual(
      try await Self.losses(of: samples, cache: .automatic), try await Self.losses(of: samples))
  }

  /// At such a rate no weight moves, so that the mean loss depends on the masks alone.
  @Test func whatIsLostDoesNotDependOnOtherFiles() async throws {
    let samples = [3, 8, 5, 0]
    let inOrder = try await Self.losses(of: samples, rate: 1e-30)
    Self.expectEqual(try await Self.losses(of: samples.reversed(), rate: 1e-30), inOrder)
    #expect(inOrder[0] != inOrder[1])
  }
}
