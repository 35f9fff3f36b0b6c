import Foundation
import Graft
import Testing

/// Sets of classes and numbers for texts, as `BertForSequenceClassification` learns them
/// (make_question_fixtures.py).
@Suite struct TextTaskTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/language")

  private struct Run: Decodable {
    var targets, scores: [[Float]]
    var losses, trained: [Float]
  }

  private struct Tasks: Decodable { var sets, numbers: Run }

  private struct Pairs: Decodable {
    var tokens, first: [String]
    var kernel, bias: [Float]
  }

  private static func read<Value: Decodable>(_ file: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: file)))
  }

  /// A learner of the task that the inputs are given to, with the heads of the fixture.
  private static func makeLearner<Goal: LearningTask>(
    _ fixture: Pairs, on device: any Device, task: (TextPreprocessor) -> Goal
  ) throws -> Learner<Goal> {
    let encoder = try TextEncoder(contentsOf: folder.appending(path: "bert/weights.safetensors"))
    let inputs = TextPreprocessor(
      try WordPieceTokenizer(tokens: fixture.tokens), for: encoder, longest: 12, lengths: [])
    let learner = try Learner(
      Model(TextClassifier(encoder, outputCount: 2, pooling: .pooler, dropout: 0)),
      task: task(inputs), optimizer: .sgd(0.05), device: device)
    try learner.parameters().set("head.dense.weight", shape: [16, 2], to: fixture.kernel)
    try learner.parameters().set("head.dense.bias", shape: [2], to: fixture.bias)
    return learner
  }

  private func expectTrained<Goal: LearningTask>(
    _ learner: Learner<Goal>, _ samples: [Goal.Sample], _ run: Run
  ) async throws {
    let history = try await learner.fit(Samples(samples), epochs: 3, batchSize: 4) { _ in }
    #expect(history.epochs.count == run.losses.count)
    for (record, loss) in zip(history.epochs, run.losses) {
      #expect(abs(record.training.loss - loss) < 1e-5)
    }
    let head = try learner.parameters().values(at: "head.dense.weight")
    for (a, b) in zip(head, run.trained) { #expect(abs(a - b) < 1e-5) }
  }

  @Test(arguments: TextEncoderTests.devices)
  func setsOfClassesTrainAsTransformersDo(device: DeviceChoice) async throws {
    let (fixture, tasks): (Pairs, Tasks) = (
      try Self.read("pairs.json"), try Self.read("text_tasks.json")
    )
    let learner = try Self.makeLearner(fixture, on: device.open()) {
      MultiLabel($0, classCount: 2)
    }
    let samples = zip(fixture.first, tasks.sets.targets).map { text, targets in
      Labeled(Text(text), Set(targets.indices.filter { targets[$0] == 1 }))
    }
    for (found, scores) in zip(try await learner.predict(samples), tasks.sets.scores) {
      for (a, b) in zip(found.probabilities, scores) { #expect(abs(a - 1 / (1 + exp(-b))) < 1e-5) }
    }
    try await expectTrained(learner, samples, tasks.sets)
  }

  @Test(arguments: TextEncoderTests.devices)
  func numbersTrainAsTransformersDo(device: DeviceChoice) async throws {
    let (fixture, tasks): (Pairs, Tasks) = (
      try Self.read("pairs.json"), try Self.read("text_tasks.json")
    )
    let learner = try Self.makeLearner(fixture, on: device.open()) {
      Regression($0, names: ["tone", "length"])
    }
    let samples = zip(fixture.first, tasks.numbers.targets).map { Labeled(Text($0), $1) }
    for (found, scores) in zip(try await learner.predict(samples), tasks.numbers.scores) {
      for (a, b) in zip(found.values, scores) { #expect(abs(a - b) < 1e-5) }
      #expect(found["length"] == found.values[1])
    }
    try await expectTrained(learner, samples, tasks.numbers)
  }
}
