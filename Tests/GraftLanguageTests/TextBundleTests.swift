import Foundation
import Graft
import Testing

/// What a bundle keeps of a learner of texts, and how such a model is written for others.
@Suite struct TextBundleTests {
  private struct Fixture: Decodable {
    var tokens, texts: [String]
    var labels: [Int]
  }

  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/language")

  private let folder = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID())")

  private func makeLearner(
    pooling: TextClassifier.Pooling = .mean
  ) throws -> (Learner<TextClassification>, TextDataset) {
    let fixture = try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: Self.fixtures.appending(path: "training.json")))
    let encoder = try TextEncoder(
      contentsOf: Self.fixtures.appending(path: "bert/weights.safetensors"))
    var options = WordPieceTokenizer.Options()
    options.normalization.lowercases = false
    let learner = try Learner(
      TextClassifier(encoder, outputCount: 2, pooling: pooling), classNames: ["bad", "good"],
      tokenizer: WordPieceTokenizer(tokens: fixture.tokens, options: options), longest: 10,
      freezing: .upTo("encoder.layer.1"), loss: .crossEntropy(smoothing: 0.1),
      optimizer: .sgd(0.05), device: CPUDevice(), seed: 5)
    return (
      learner,
      try TextDataset(
        fixture.texts.map { Text($0) }, labels: fixture.labels, classes: ["bad", "good"])
    )
  }

  @Test func bringsBackEverythingToTheBit() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (learner, texts) = try makeLearner()
    try await learner.fit(texts, epochs: 2, batchSize: 3) { _ in }
    try learner.checkSavable(to: folder)
    try learner.save(to: folder)
    let opened = try Learner<TextClassification>(bundle: folder, device: CPUDevice())
    #expect(opened.task == learner.task)
    guard case .wordPiece(let tokenizer) = opened.task.inputs.tokenizer else {
      Issue.record("another kind of tokenizer")
      return
    }
    #expect(tokenizer.options.normalization.lowercases == false)
    #expect(opened.task.inputs.lengths == [10])
    #expect(opened.loss as? CrossEntropy == .crossEntropy(smoothing: 0.1))
    #expect(try opened.configuration() == learner.configuration())
    #expect(opened.seed == 5)
    #expect(opened.history == learner.history)
    #expect(opened.model.classNames == ["bad", "good"])
    let asked: [Text] = ["g o o d", "b a d", "A w"]
    let before = try await learner.predict(asked.map { Labeled($0) })
    let after = try await opened.predict(asked.map { Labeled($0) })
    #expect(before == after)
    let more = try await learner.fit(texts, epochs: 1, batchSize: 3) { _ in }
    let again = try await opened.fit(texts, epochs: 1, batchSize: 3) { _ in }
    #expect(more.epochs.map(\.training) == again.epochs.map(\.training))
  }

  @Test func isNoModelOfPictures() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeLearner().0.save(to: folder)
    #expect(throws: BundleError.self) { try Learner(bundle: folder, device: CPUDevice()) }
    let bundle = try ModelBundle(folder)
    #expect(bundle.task is TextClassification)
    #expect(try bundle.textEncoder()?.weights != nil)
    #expect(throws: BundleError.self) { try bundle.backbone() }
  }

  @Test func refusesSizesThatNoNetworkHas() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeLearner().0.save(to: folder)
    let file = folder.appending(path: "model.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    for (old, new) in [
      ("\"layerCount\" : 2", "\"layerCount\" : 1000000000"),
      ("\"headCount\" : 2", "\"headCount\" : 0"), ("\"length\" : 12", "\"length\" : -1"),
      ("\"kind\" : \"TextClassifier\"", "\"kind\" : \"Other\""),
    ] {
      try #require(text.contains(old))
      try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: BundleError.self) { try ModelBundle(folder) }
    }
  }

  /// Every operation has a rule, and any number of texts of any length goes in.
  @Test(arguments: TextClassifier.Pooling.allCases)
  func isWrittenAsONNX(pooling: TextClassifier.Pooling) throws {
    let network = try makeLearner(pooling: pooling).0.exported().makeONNX()
    #expect(network.inputs.map(\.name) == ["input_ids", "attention_mask", "token_type_ids"])
    for input in network.inputs {
      #expect(input.dimensions == [.named("batch"), .named("sequence")])
      #expect(input.elementType == .int64)
    }
    #expect(network.outputs == [ONNXValue("output", [.named("batch"), .fixed(2)])])
    #expect(network.nodes.contains { $0.operatorName == "Gather" })
    #expect(network.metadata["preprocessing"] == nil)
    var known = Set(network.initializers.map(\.name) + network.inputs.map(\.name))
    for node in network.nodes {
      #expect(known.isSuperset(of: node.inputs), "\(node.name)")
      known.formUnion(node.outputs)
    }
  }

  @Test func goesByHuggingFacesNamesOnThePooler() throws {
    let learner = try makeLearner(pooling: .pooler).0
    let names = learner.model.projectNames(of: try learner.model.outline())
    #expect(names["head.dense.weight"] == "classifier.weight")
    #expect(names["pooler.dense.bias"] == "bert.pooler.dense.bias")
    let mean = try makeLearner().0
    let own = mean.model.projectNames(of: try mean.model.outline())
    #expect(own["pooler.dense.bias"] == "pooler.dense.bias")
  }
}
