import Foundation
import Graft
import Testing

/// Classes of texts, from raw text to what training changes, as transformers and PyTorch do it.
@Suite struct TextTrainingTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/language")

  /// What `Tests/Fixtures/make_text_training_fixture.py` wrote.
  private struct Fixture: Decodable {
    struct Run: Decodable { var losses, head, word, query: [Float] }
    var tokens, texts: [String]
    var labels: [Int]
    var kernel: [[Float]]
    var all, frozen, last: Run

    init() throws {
      let url = TextTrainingTests.folder.appending(path: "training.json")
      self = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }

    func dataset() throws -> TextDataset {
      try TextDataset(texts.map { Text($0) }, labels: labels, classes: ["bad", "good"])
    }
  }

  private static func makeLearner(
    _ fixture: Fixture, freezing: FreezePlan, lengths: [Int], on device: any Device = CPUDevice()
  ) throws -> Learner<TextClassification> {
    let encoder = try TextEncoder(
      contentsOf: folder.appending(path: "bert/weights.safetensors"))
    let learner = try Learner(
      TextClassifier(encoder, outputCount: 2, dropout: 0), classNames: ["bad", "good"],
      tokenizer: WordPieceTokenizer(tokens: fixture.tokens), longest: 12, freezing: freezing,
      optimizer: .sgd(0.05), device: device)
    learner.task.inputs.lengths = lengths
    try learner.parameters().set(
      "head.dense.weight", shape: [16, 2], to: fixture.kernel.flatMap { $0 })
    try learner.parameters().set("head.dense.bias", shape: [2], to: [0, 0])
    return learner
  }

  static let plans: [(String, FreezePlan)] = [
    ("all", .none), ("frozen", .backbone), ("last", .upTo("encoder.layer.1")),
  ]

  @Test(arguments: TextEncoderTests.devices, plans)
  func trainsAsTransformersDo(device: DeviceChoice, plan: (String, FreezePlan)) async throws {
    let fixture = try Fixture()
    let expected =
      switch plan.0 {
      case "all": fixture.all
      case "frozen": fixture.frozen
      default: fixture.last
      }
    let learner = try Self.makeLearner(
      fixture, freezing: plan.1, lengths: [12], on: device.open())
    let history = try await learner.fit(
      on: learner.feed(fixture.dataset()), options: TrainingOptions(epochs: 3, batchSize: 6))
    for (record, loss) in zip(history.epochs, expected.losses) {
      #expect(abs(record.training.loss - loss) < 1e-5)
    }
    let store = try learner.parameters()
    func expectEqual(_ path: ParameterPath, _ expected: [Float], from start: Int = 0) throws {
      let found = try store.values(at: path)
      for (index, value) in expected.enumerated() {
        #expect(abs(found[start + index] - value) < 1e-5, "\(path)")
      }
    }
    try expectEqual("head.dense.weight", expected.head)
    try expectEqual("embeddings.word_embeddings.weight", expected.word, from: 8 * 16)
    // PyTorch's row of a kernel is a column here.
    let query = try store.values(at: "encoder.layer.1.attention.self.query.weight")
    for (index, value) in expected.query.enumerated() {
      #expect(abs(query[index * 16] - value) < 1e-5)
    }
  }

  /// Rows of several lengths change nothing: what fills up counts nothing.
  @Test func lengthsChangeNothing() async throws {
    let fixture = try Fixture()
    let data = try fixture.dataset()
    let one = try Self.makeLearner(fixture, freezing: .backbone, lengths: [12])
    let several = try Self.makeLearner(fixture, freezing: .backbone, lengths: [12, 6, 4])
    #expect(try several.feed(data).signatures.count == 3)
    let (first, second) = (try await one.classify(data), try await several.classify(data))
    #expect(second.map(\.sample) == Array(0..<6))
    for (a, b) in zip(first, second) {
      for (x, y) in zip(a.probabilities, b.probabilities) { #expect(abs(x - y) < 1e-5) }
    }
    let (loss, other) = (try await one.evaluate(data).loss, try await several.evaluate(data).loss)
    #expect(abs(loss - other) < 1e-5)
    #expect(abs(loss - fixture.frozen.losses[0]) < 1e-5)
    // Kept features, one table for each length, train as the texts themselves do.
    func fit(_ cache: TrainingOptions.FeatureCache) async throws -> [Float] {
      let learner = try Self.makeLearner(fixture, freezing: .backbone, lengths: [12, 6, 4])
      let run = try learner.training(
        on: learner.feed(data), validation: learner.feed(data),
        options: TrainingOptions(epochs: 3, batchSize: 2, featureCache: cache))
      var extractedCount = 0
      for try await event in run {
        if case .extracted(let count, _) = event { extractedCount = count }
      }
      #expect(extractedCount == (cache == .off ? 0 : 12))
      return learner.history.epochs.flatMap { [$0.training.loss, $0.validation?.loss ?? 0] }
    }
    for (a, b) in zip(try await fit(.automatic), try await fit(.off)) { #expect(abs(a - b) < 1e-5) }
  }

  /// Any two data sets, and a loss and a metric of one's own on one output.
  @Test func anyDataSetsLossAndMetric() async throws {
    struct Half: Loss {
      var factor: Float
      func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
        let mean = BinaryCrossEntropy().trace(outputs, targets, in: scope).mean
        return LossValue(mean: scope.builder.apply(Scale(by: factor), to: mean))
      }
    }
    struct MeanScore: MeanMetric {
      var name: String { "score" }
      func values(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> Symbol {
        outputs[TensorName.output, scope]
      }
    }
    let fixture = try Fixture()
    let data = try fixture.dataset()
    func makeLearner(_ loss: some Loss) throws -> Learner<TextClassification> {
      let encoder = try TextEncoder(
        contentsOf: Self.folder.appending(path: "bert/weights.safetensors"))
      let learner = try Learner(
        TextClassifier(encoder, outputCount: 1, dropout: 0), classNames: ["bad", "good"],
        tokenizer: WordPieceTokenizer(tokens: fixture.tokens), longest: 12,
        freezing: .allOf(encoder), loss: loss, optimizer: .sgd(0.1), device: CPUDevice())
      learner.task.metrics.append(MeanScore())
      return learner
    }
    let (plain, own) = (try makeLearner(.binaryCrossEntropy), try makeLearner(Half(factor: 0.5)))
    let before = try await plain.evaluate(data)
    #expect(abs(try await own.evaluate(data).loss - before.loss / 2) < 1e-6)
    let scores = try await plain.classify(data).map {
      log($0.probabilities[1] / $0.probabilities[0])
    }
    let score = try #require(before["score"])
    #expect(abs(score - scores.reduce(0, +) / 6) < 1e-4)
    #expect(before.accuracy != nil)
    let options = TrainingOptions(epochs: 2, batchSize: 6)
    let history = try await own.fit(data, validation: data.subset([0, 1]), options: options)
    #expect(history.epochs.map(\.validation?.sampleCount) == [2, 2])
    // A step with half of the loss at twice the rate is the same step.
    let other = try makeLearner(.binaryCrossEntropy)
    other.optimizer = .sgd(0.05)
    try await other.fit(data, options: options)
    for path in ["head.dense.weight", "head.dense.bias"] as [ParameterPath] {
      let (a, b) = (try own.parameters().values(at: path), try other.parameters().values(at: path))
      for (x, y) in zip(a, b) { #expect(abs(x - y) < 1e-6) }
    }
  }

  @Test(arguments: [[], [3], [4, 12], [0]])
  func lengthsThatMakeNoSenseAreRefused(lengths: [Int]) throws {
    let fixture = try Fixture()
    let learner = try Self.makeLearner(fixture, freezing: .backbone, lengths: [12])
    learner.task.inputs.lengths = lengths
    #expect(throws: TextLengthError.self) { try learner.feed(fixture.dataset()) }
  }

  @Test func textsInMemoryAreToldApart() async throws {
    let fixture = try Fixture()
    let learner = try Self.makeLearner(fixture, freezing: .backbone, lengths: [12])
    let answers = try await learner.predict("b a d", Text("w o w", "n o"))
    let expected = try await learner.classify(fixture.dataset())
    for (a, b) in zip(answers[0].probabilities, expected[0].probabilities) {
      #expect(abs(a - b) < 1e-5)
    }
    #expect(answers[1].probabilities != expected[3].probabilities)
  }

  @Test func foldersOfTextsAreRead() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "graft-texts-\(UInt64.random(in: 0...UInt64.max))")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in [("good/b.txt", "w o w"), ("bad/x/a.txt", "b a d"), ("good/a.txt", "y")] {
      let url = folder.appending(path: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    let data = try TextFolder(folder.path)
    #expect(data.classes == ["bad", "good"])
    let samples = try (0..<data.count).map { try data.sample(at: $0) }
    #expect(samples == [Labeled("b a d", 0), Labeled("y", 1), Labeled("w o w", 1)])
    try Data([0xFF, 0xFE, 0x80]).write(to: folder.appending(path: "good/a.txt"))
    let error = #expect(throws: TextDatasetError.self) { try data.sample(at: 1) }
    #expect(error?.description.contains("good/a.txt can't be read as UTF-8") == true)
    try FileManager.default.removeItem(at: folder.appending(path: "bad"))
    #expect(throws: TextDatasetError.self) { try TextFolder(folder.path) }
  }
}
