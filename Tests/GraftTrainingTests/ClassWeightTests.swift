import Foundation
import Graft
import Testing

/// Training in which some classes count more, as Keras does it.
@Suite struct ClassWeightTests {
  private let file: WeightFile

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/class_weights.safetensors")
    file = try WeightFile(contentsOf: url)
  }

  private func values(_ name: String) throws -> [Float] {
    try #require(file[name], "\(name)").load()
  }

  private func makeData(_ classes: [String], label: (Int) -> Int) throws -> ArrayDataset<Int> {
    try ArrayDataset(
      values: values("samples"), sampleShape: [1, 6, 1],
      labels: values("labels").map { label(Int($0)) }, classes: classes)
  }

  /// Three steps on all samples at once.
  private func train(
    _ data: ArrayDataset<Int>, units: Int, loss: some Loss, weights: ClassWeights,
    on device: any Device
  ) async throws -> Learner<ImageClassification> {
    let model = Model(
      name: "dense", inputSize: Extent2D(1, 6), inputChannels: 1,
      classNames: data.classes
    ) {
      Flatten()
      Dense(units)
    }
    let learner = try Learner(
      model, loss: loss, optimizer: .sgd(0.1, momentum: 0.9), device: device)
    let kernel = try values("kernel")
    try learner.parameters().set(
      "dense.weight", shape: [6, units],
      to: (0..<6).flatMap { kernel[$0 * 3..<$0 * 3 + units] })
    let feed = try learner.feed(data, classWeights: weights.values(for: data))
    try await learner.fit(on: feed, options: TrainingOptions(epochs: 3, batchSize: 7))
    return learner
  }

  private func expect(_ learner: Learner<ImageClassification>, equals name: String) throws {
    let store = try learner.parameters()
    for (path, expected) in [("dense.weight", "kernel"), ("dense.bias", "bias")] {
      let found = try store.values(at: ParameterPath(path))
      for (a, b) in zip(found, try values("\(name)/\(expected)")) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func threeClassesAsInKeras() async throws {
    let data = try makeData(["a", "b", "c"]) { $0 }
    let learner = try await train(
      data, units: 3, loss: .crossEntropy, weights: ["c": 6, "a": 0.5], on: CPUDevice())
    try expect(learner, equals: "three")
  }

  @Test func oneOutputAsInKeras() async throws {
    let data = try makeData(["no", "yes"]) { $0 > 1 ? 1 : 0 }
    let learner = try await train(
      data, units: 1, loss: .binaryCrossEntropy, weights: ["no": 0.25, "yes": 6], on: CPUDevice())
    try expect(learner, equals: "binary")
  }

  /// The example of scikit-learn's `compute_class_weight`.
  @Test func balancedWeightsAsInScikitLearn() throws {
    let data = try ArrayDataset(
      values: [Float](repeating: 0, count: 6), sampleShape: [1, 1, 1], labels: [1, 1, 1, 1, 0, 0],
      classes: ["0", "1"])
    #expect(try ClassWeights.balanced.values(for: data) == [1.5, 0.75])
  }

  /// A class without samples changes nothing for the others.
  @Test func aClassWithoutSamplesCountsForNothing() throws {
    let data = try ArrayDataset(
      values: [Float](repeating: 0, count: 6), sampleShape: [1, 1, 1], labels: [2, 2, 2, 2, 0, 0],
      classes: ["0", "none", "1"])
    #expect(try ClassWeights.balanced.values(for: data) == [1.5, 1, 0.75])
  }

  @Test func weightsThatFitNoClassAreRefused() throws {
    let data = try makeData(["a", "b", "c"]) { $0 }
    let mistakes: [(weights: ClassWeights, error: ClassWeightError)] = [
      (.named(["d": 1]), .unknownClass("d", known: ["a", "b", "c"])),
      (.named(["b": -1]), .weight(-1, of: "b")),
      (.named(["b": .infinity]), .weight(.infinity, of: "b")),
      (.named(["a": 0, "b": 0, "c": 0]), .allZero),
    ]
    for (weights, error) in mistakes {
      #expect(throws: error) { try weights.values(for: data) }
    }
    #expect(throws: ClassWeightError.self) { try (["a": .nan] as ClassWeights).values(for: data) }
  }

  /// The loss that is told is the mean by weight, in training and validation; accuracy counts samples.
  @Test func theLossIsToldByWeight() async throws {
    let data = try makeData(["a", "b", "c"]) { $0 }
    let weights: [Float] = [0.5, 1, 6]
    let learner = try await train(
      data, units: 3, loss: .crossEntropy, weights: .balanced, on: CPUDevice())
    let told = try await learner.evaluate(
      on: learner.feed(data, classWeights: weights), batchSize: 2)
    let answers = try await learner.classify(data)
    var (sum, mass): (Float, Float) = (0, 0)
    for answer in answers {
      let label = data.label(at: answer.sample)
      sum -= weights[label] * log(answer.probabilities[label])
      mass += weights[label]
    }
    let mean: Float = sum / mass
    #expect(abs(told.loss - mean) < 1e-5)
    #expect(told.accuracy == Float(answers.count { $0.isRight == true }) / 7)
  }
}
