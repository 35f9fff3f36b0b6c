import Foundation
import Graft
import Testing

/// Questions and pairs of texts, from raw text to what training changes, as transformers does them
/// (make_question_fixtures.py).
@Suite struct QuestionTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/language")

  private struct Run: Decodable { var losses, word, types, query: [Float] }

  private struct Spans: Decodable {
    var starts, ends: [Int]
    var scores: [Float]
    var nothing: Float
  }

  private struct Questions: Decodable {
    var tokens, questions, contexts: [String]
    var answers: [[Int]?]
    var kernel, bias, trained: [Float]
    var start, end: [[Float]]
    var spans: [Spans]
    var run: Run

    var all: [Question] {
      questions.indices.map { index in
        let context = contexts[index]
        let answers = self.answers[index].map { words in
          let text = String(context.dropFirst(2 * words[0]).prefix(2 * (words[1] - words[0]) + 1))
          return [Question.Answer(text, at: 2 * words[0])]
        }
        return Question(questions[index], in: context, answers: answers ?? [])
      }
    }
  }

  private struct Pairs: Decodable {
    var tokens, first, second: [String]
    var labels: [Int]
    var kernel, bias, trained: [Float]
    var run: Run
  }

  private static func read<Value: Decodable>(_ file: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: folder.appending(path: file)))
  }

  private static var weights: URL { folder.appending(path: "bert/weights.safetensors") }

  private static func makeReader(
    _ fixture: Questions, lengths: [Int] = [12], on device: any Device = CPUDevice()
  ) throws -> Learner<QuestionAnswering> {
    let learner = try Learner(
      SpanReader(TextEncoder(contentsOf: weights)),
      tokenizer: WordPieceTokenizer(tokens: fixture.tokens), longest: 12, optimizer: .sgd(0.05),
      device: device)
    learner.task.inputs.lengths = lengths
    try learner.parameters().set("qa_outputs.weight", shape: [16, 2], to: fixture.kernel)
    try learner.parameters().set("qa_outputs.bias", shape: [2], to: fixture.bias)
    return learner
  }

  private func expectTrained(
    _ store: ParameterStore, _ run: Run, head: ParameterPath, _ expected: [Float]
  ) throws {
    func expectEqual(_ path: ParameterPath, _ expected: [Float], from start: Int, step: Int = 1)
      throws
    {
      let found = try store.values(at: path)
      for (index, value) in expected.enumerated() {
        #expect(abs(found[start + index * step] - value) < 1e-5, "\(path)")
      }
    }
    try expectEqual(head, expected, from: 0)
    try expectEqual("embeddings.word_embeddings.weight", run.word, from: 8 * 16)
    try expectEqual("embeddings.token_type_embeddings.weight", run.types, from: 16)
    // PyTorch's row of a kernel is a column here.
    try expectEqual(
      "encoder.layer.1.attention.self.query.weight", run.query, from: 0, step: 16)
  }

  @Test(arguments: TextEncoderTests.devices)
  func questionsTrainAsTransformersDo(device: DeviceChoice) async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture, on: device.open())
    let history = try await learner.fit(
      fixture.all, validation: fixture.all, epochs: 3, batchSize: 3
    ) { _ in }
    for (record, loss) in zip(history.epochs, fixture.run.losses) {
      #expect(abs(record.training.loss - loss) < 1e-5)
    }
    #expect(history.epochs.allSatisfy { $0.validation?["accuracy"] != nil })
    try expectTrained(
      learner.parameters(), fixture.run, head: "qa_outputs.weight", fixture.trained)
  }

  @Test(arguments: TextEncoderTests.devices)
  func spansAreThoseOfTransformers(device: DeviceChoice) async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture, on: device.open())
    let windows = try learner.task.windows(of: fixture.all)
    let outputs = try await learner.features(
      ["start", "end"], of: BatchLoader(windows, learner.task))
    for (name, expected) in [("start", fixture.start), ("end", fixture.end)] {
      let found = try #require(outputs[name])
      for (a, b) in zip(found, expected.flatMap { $0 }) { #expect(abs(a - b) < 1e-4) }
    }
    (learner.task.answerCount, learner.task.longestAnswer) = (3, 3)
    let predictions = try await learner.predict(windows)
    for (index, (found, expected)) in zip(predictions, fixture.spans).enumerated() {
      #expect(abs(found.nothing - expected.nothing) < 1e-5)
      #expect(found.answers.count == expected.scores.count)
      let first = 2 + fixture.questions[index].split(separator: " ").count
      for (rank, answer) in found.answers.enumerated() {
        let (start, end) = (expected.starts[rank] - first, expected.ends[rank] - first)
        #expect(answer.range == 2 * start..<2 * end + 1)
        #expect(abs(answer.score - expected.scores[rank]) < 1e-5)
        #expect(
          answer.text
            == String(fixture.contexts[index].dropFirst(2 * start).prefix(2 * (end - start) + 1)))
      }
    }
  }

  @Test(arguments: TextEncoderTests.devices)
  func pairsTrainAsTransformersDo(device: DeviceChoice) async throws {
    let fixture: Pairs = try Self.read("pairs.json")
    let learner = try Learner(
      TextClassifier(
        TextEncoder(contentsOf: Self.weights), outputCount: 2, pooling: .pooler, dropout: 0),
      classNames: ["no", "yes"], tokenizer: WordPieceTokenizer(tokens: fixture.tokens),
      longest: 12, optimizer: .sgd(0.05), device: device.open())
    learner.task.inputs.lengths = [12]
    try learner.parameters().set("head.dense.weight", shape: [16, 2], to: fixture.kernel)
    try learner.parameters().set("head.dense.bias", shape: [2], to: fixture.bias)
    let data = try TextDataset(
      zip(fixture.first, fixture.second).map { Text($0, $1) }, labels: fixture.labels,
      classes: ["no", "yes"])
    let history = try await learner.fit(
      on: learner.feed(data), options: TrainingOptions(epochs: 3, batchSize: 4))
    for (record, loss) in zip(history.epochs, fixture.run.losses) {
      #expect(abs(record.training.loss - loss) < 1e-5)
    }
    try expectTrained(
      learner.parameters(), fixture.run, head: "head.dense.weight", fixture.trained)
  }

  /// A context that is longer than a row is read in windows, and places are those of the whole.
  @Test func longContextsAreReadInWindows() async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture, lengths: [12, 8])
    learner.task.stride = 3
    let context = "a É b 北 c 👍 d e f g h i j k l m n é o"
    let question = Question("w h o", in: context, answers: [.init("k l", at: 26)])
    let windows = try learner.task.windows(of: question)
    #expect(windows.map(\.tokens.count) == [12, 12, 12, 12, 12, 10])
    for window in windows {
      for (text, range) in zip(window.tokens.texts, window.tokens.offsets) where text == 1 {
        #expect(range.count == 1 && range.lowerBound % 2 == 0)
      }
    }
    let answers = try await learner.answers(to: [question, fixture.all[0]])
    #expect(answers.map(\.count) == [1, 1])
    let best = answers[0][0]
    let scalars = Array(context.unicodeScalars)
    #expect(best.text.unicodeScalars.elementsEqual(scalars[best.range]))
    #expect(try await learner.fit([question], epochs: 1, batchSize: 2) { _ in }.epochs.count == 1)
    // Trained on nothing else, the words are found.
    learner.optimizer = .adam(0.01)
    learner.task.answersNothing = true
    try await learner.fit([question], epochs: 60, batchSize: 8) { _ in }
    #expect(try await learner.answers(to: [question])[0][0].text == "k l")
    #expect(try await learner.score([question]) == AnswerScore([("k l", ["k l"])]))
  }

  /// A head that a file brings is read with the encoder.
  @Test func headsOfFilesAreRead() async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture)
    let file = FileManager.default.temporaryDirectory
      .appending(path: "graft-head-\(UInt64.random(in: 0...UInt64.max)).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    let (store, parameters) = (try learner.parameters(), try learner.model.parameters)
    let values = Dictionary(
      uniqueKeysWithValues: try parameters.map { ($0.path, try store.values(at: $0.path)) })
    let tensors = WeightMap.torch.writableTensors(parameters) { values[$0.path] ?? [] }
    try SafetensorsWriter.write(tensors, metadata: [:], to: file)
    let opened = try Learner(
      Model(SpanReader(contentsOf: file, headCount: 2)), task: learner.task, device: CPUDevice())
    #expect(try opened.parameters().values(at: "qa_outputs.weight") == fixture.kernel)
    let windows = try learner.task.windows(of: fixture.all)
    #expect(try await opened.predict(windows) == learner.predict(windows))
  }

  @Test func survivesItsBundle() async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture, lengths: [12, 8])
    learner.task.answersNothing = true
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "graft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try learner.save(to: folder)
    let opened = try Learner<QuestionAnswering>(bundle: folder, device: CPUDevice())
    #expect(opened.task == learner.task)
    let windows = try learner.task.windows(of: fixture.all)
    #expect(try await opened.predict(windows) == learner.predict(windows))
  }

  /// RoBERTa reads byte-pair tokens: no types, positions as for any text.
  @Test func bytePairTokensAreRead() async throws {
    let tokenizer = try Tokenizer(
      contentsOf: Self.folder.appending(path: "../text/bpe/tokenizer.json"))
    var configuration = TextEncoder.Configuration(
      .roberta, vocabularyCount: tokenizer.tokens.count, channels: 8, layerCount: 1, headCount: 2)
    configuration.positionCount = 34
    let learner = try Learner(
      TextClassifier(TextEncoder(configuration), outputCount: 2), classNames: ["a", "b"],
      tokenizer: tokenizer, longest: 32, device: CPUDevice())
    #expect(learner.task.inputs.lengths == [32, 16])
    let row = try BatchLoader(
      Samples([Labeled(Text("graft", "light"), 0)]), learner.task
    ).batches([PlannedBatch([0], signature: 1)], epoch: 0).next()
    let ids = try #require(row?.integers("input_ids"))
    #expect(ids.count == 16 && ids.last == 1 && ids.first == 0)
    #expect(ids.filter { $0 == 2 }.count == 3)
    #expect(row?.signature["token_type_ids"] == nil)
    let answers = try await learner.predict("graft", Text("the light", "of film"))
    #expect(answers.count == 2)
  }

  @Test func answersThatAreNotThereAreRefused() async throws {
    let fixture: Questions = try Self.read("questions.json")
    let learner = try Self.makeReader(fixture)
    for answer in [
      Question.Answer("b", at: 0), .init("a", at: -1), .init("c d", at: 2), .init("", at: 0),
    ] {
      #expect(throws: QuestionError.self) {
        try learner.task.windows(of: Question("x", in: "a c", answers: [answer]))
      }
    }
    await #expect(throws: QuestionError.self) {
      try await learner.fit([Question("x", in: "a c")], epochs: 1) { _ in }
    }
    let classifier = Model(
      TextClassifier(try TextEncoder(contentsOf: Self.weights), outputCount: 2), name: "c")
    let other = try Learner(classifier, task: learner.task, device: CPUDevice())
    let error = await #expect(throws: QuestionError.self) {
      try await other.fit(fixture.all, epochs: 1) { _ in }
    }
    #expect(error?.description.contains("take a SpanReader") == true)
  }

  /// Computed by the script that evaluates SQuAD 1.1.
  private static let scored:
    [(answer: String, expected: [String], exactMatch: Double, f1: Double)] =
      [
        ("The  Graft.", ["graft"], 1, 1), ("a light graft", ["the graft"], 0, 2.0 / 3),
        ("naïve 北京!", ["Naïve 北京", "x"], 1, 1), ("", [], 1, 1), ("x", [], 0, 0),
        ("an apple a day", ["apple day day"], 0, 0.8), ("another the-an", ["another thean"], 1, 1),
      ]

  @Test func answersAreScoredAsSQuADDoes() {
    for (answer, expected, exactMatch, f1) in Self.scored {
      let score = AnswerScore([(answer, expected)])
      #expect(score.exactMatch == exactMatch, "\(answer)")
      #expect(abs(score.f1 - f1) < 1e-9, "\(answer)")
    }
  }
}
