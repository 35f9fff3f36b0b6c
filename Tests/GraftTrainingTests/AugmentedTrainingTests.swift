import Graft
import Testing

/// Which samples a fit augments, and how.
@Suite struct AugmentedTrainingTests {
  /// The rate is 0, so that a loss tells what came in.
  @Test func onlyTrainingSamplesAreAugmentedAndThenNothingIsKept() async throws {
    let model = Model(name: "small", inputSize: 2, inputChannels: 1) {
      Flatten()
      Dense(2, hasBias: false).named("frozen")
      Dense(2).named("classes")
    }
    let data = try ArrayDataset(
      values: (0..<6).flatMap { _ in [0, 100, 0, 100] as [Float] }, sampleShape: [2, 2, 1],
      labels: (0..<6).map { $0 % 2 }, classes: ["a", "b"])
    for augmentation in [nil, Augmentation(horizontalFlip: 1)] {
      let learner = try Learner(
        model, freezing: .layers(["frozen"]), optimizer: .sgd(0), device: CPUDevice())
      let loss = try await learner.evaluate(data).loss
      let run = try learner.training(
        on: learner.feed(data, augmentation: augmentation),
        validation: learner.feed(data), options: TrainingOptions(epochs: 2, batchSize: 3))
      var extractedCount = 0
      for try await event in run {
        if case .extracted(let count, _) = event { extractedCount = count }
      }
      #expect(extractedCount == (augmentation == nil ? 12 : 0))
      for record in learner.history.epochs {
        #expect(abs(try #require(record.validation).loss - loss) < 1e-6)
        #expect((abs(record.training.loss - loss) < 1e-6) == (augmentation == nil))
      }
    }
  }

  /// The rate is 0, so that a loss tells what was mirrored.
  @Test func seedsAndEpochsDecideWhatIsAugmented() async throws {
    let model = Model(name: "small", inputSize: 2, inputChannels: 1) {
      Flatten()
      Dense(3, activation: .tanh).named("hidden")
      Dense(2).named("classes")
    }
    let data = try ArrayDataset(
      values: (0..<24).map { Float(($0 * 7) % 24) }, sampleShape: [2, 2, 1],
      labels: (0..<6).map { $0 % 2 }, classes: ["a", "b"])
    func losses(seed: UInt64) async throws -> [Float] {
      let learner = try Learner(
        model, optimizer: .sgd(0), device: CPUDevice(), seed: seed)
      let store = try learner.parameters()
      store.set("hidden.weight", shape: [4, 3], to: (0..<12).map { Float($0 % 5) / 50 })
      store.set("classes.weight", shape: [3, 2], to: [0.1, 0.2, -0.3, 0.4, 0.5, -0.6])
      let feed = try learner.feed(data, augmentation: Augmentation(horizontalFlip: 0.5))
      let history = try await learner.fit(
        on: feed, options: TrainingOptions(epochs: 2, batchSize: 6))
      return history.epochs.map(\.training.loss)
    }
    let first = try await losses(seed: 1)
    #expect(try await losses(seed: 1) == first)
    #expect(try await losses(seed: 2) != first)
    #expect(first[0] != first[1])
  }
}
