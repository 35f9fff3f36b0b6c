import Graft
import Testing

/// `fit` on a split says in one call what feeds and options say in many.
@Suite struct SplitFitTests {
  /// Samples of four numbers.
  ///
  /// - Parameter turned: What is added to labels: 1 exchanges the classes.
  private static func data(turned: Int = 0) throws -> ArrayDataset<Int> {
    let values = (0..<40).map { index -> Float in
      let (sample, position) = (index / 4, index % 4)
      return Float((sample * 7 + position * 3) % 11) / 11
    }
    return try ArrayDataset(
      values: values, sampleShape: [2, 2, 1], labels: (0..<10).map { ($0 / 3 + turned) % 2 },
      classes: ["a", "b"])
  }

  private static func makeLearner() throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: 2, inputChannels: 1) {
      Flatten()
      Dense(2)
    }
    return try Learner(model, optimizer: .sgd(0.1), device: CPUDevice(), seed: 3)
  }

  private static func expectEqual(
    _ a: Learner<ImageClassification>, _ b: Learner<ImageClassification>
  ) throws {
    #expect(a.history.epochs.map(\.training) == b.history.epochs.map(\.training))
    #expect(a.history.epochs.map(\.validation) == b.history.epochs.map(\.validation))
    for path in try a.model.parameters.map(\.path) {
      #expect(try a.parameters().values(at: path) == b.parameters().values(at: path), "\(path)")
    }
  }

  @Test func samplesWeightsAndBatchesAreThoseOfItsParts() async throws {
    let split = DatasetSplit(training: try Self.data(), validation: try Self.data())
    let short = try Self.makeLearner()
    try await short.fit(
      split, epochs: 2, batchSize: 4, augmentation: .flip, classWeights: ["b": 5])
    let long = try Self.makeLearner()
    try await long.fit(
      on: long.feed(split.training, augmentation: .flip, classWeights: [1, 5]),
      validation: long.feed(split.validation, classWeights: [1, 5]),
      options: TrainingOptions(epochs: 2, batchSize: 4))
    try Self.expectEqual(short, long)
  }

  /// With labels of the opposite, validation gets worse from the first epoch on.
  @Test(arguments: [(1 as Int?, false), (nil, true), (2, true)])
  func itEndsAsItsOptionsSay(patience: Int?, keepsBest: Bool) async throws {
    let split = DatasetSplit(
      training: try Self.data(), validation: try Self.data(turned: 1))
    let short = try Self.makeLearner()
    try await short.fit(
      split, epochs: 5, batchSize: 4, patience: patience, keepsBest: keepsBest)
    let long = try Self.makeLearner()
    try await long.fit(
      on: long.feed(split.training), validation: long.feed(split.validation),
      options: TrainingOptions(
        epochs: 5, batchSize: 4, patience: patience, keepsBest: keepsBest))
    try Self.expectEqual(short, long)
    let losses = long.history.epochs.compactMap { $0.validation?.loss }
    try #require(zip(losses, losses.dropFirst()).allSatisfy { $0 < $1 })
    #expect(losses.count == patience.map { $0 + 1 } ?? 5)
  }
}
