import Foundation
import Graft
import Testing

/// The learner on a model small enough to train in a test.
@Suite struct LearnerTests {
  private static func makeData(seed: UInt64 = 1) throws -> ArrayDataset<Int> {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<24).map { $0 % 2 }
    let values = labels.flatMap { label in
      (0..<12 * 12 * 3).map { _ in Float(generator.nextUnit()) + (label == 1 ? 0.4 : 0) }
    }
    return try ArrayDataset(
      values: values, sampleShape: [12, 12, 3], labels: labels, classes: ["dark", "bright"])
  }

  private static func makeLearner(_ optimizer: Optimizer = .adam(0.05)) throws -> Learner<
    ImageClassification
  > {
    let model = Model(name: "small", inputSize: 12, classNames: ["dark", "bright"]) {
      GlobalAveragePooling()
      BatchNormalization()
      Dense(4, activation: .relu).named("hidden")
      Dropout(0.1)
      Dense(2)
    }
    return try Learner(model, optimizer: optimizer, device: CPUDevice())
  }

  private static func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "graft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  @Test func learnsAndSurvivesItsBundle() async throws {
    let data = try Self.makeData()
    let learner = try Self.makeLearner()
    let history = try await learner.fit(data.split(validation: 0.25), epochs: 12, batchSize: 8)
    #expect(history.epochs.count == 12)
    #expect(try #require(history.last?.training.loss) < (history.epochs[0].training.loss))
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "small.graft")
    try learner.save(to: url)
    try learner.save(to: url)
    let opened = try Learner(bundle: url, device: CPUDevice())
    #expect(opened.model.classNames == ["dark", "bright"])
    #expect(opened.history == learner.history)
    #expect(try await opened.classify(data) == learner.classify(data))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["small.graft"])
  }

  @Test func aFolderThatIsNoBundleIsNeitherReadNorReplaced() throws {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: BundleError.self) { try Self.makeLearner().save(to: folder) }
    #expect(throws: BundleError.self) { try Learner(bundle: folder) }
    let manifest = folder.appending(path: "model.json")
    try Data("{\"formatVersion\": 1}".utf8).write(to: manifest)
    #expect(throws: BundleError.self) { try Learner(bundle: folder) }
    // Another program's model may be described by a file of the same name.
    try Data().write(to: folder.appending(path: "group1-shard1of1.bin"))
    #expect(throws: BundleError.self) { try Self.makeLearner().save(to: folder) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["group1-shard1of1.bin", "model.json"])
  }

  @Test func aPlaceThatCannotHoldABundleIsNamed() throws {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "file")
    try Data().write(to: file)
    let place = file.appending(path: "below/new.graft")
    let error = #expect(throws: BundleError.self) { try ModelBundle.checkPlace(place) }
    #expect(error?.description.contains("\(place.path) can't be written") == true)
    try ModelBundle.checkPlace(folder.appending(path: "not/yet/there.graft"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
  }

  /// Numbers that a stranger may have put into `model.json`.
  @Test(arguments: [
    ("\"units\" : 4", "\"units\" : 4611686018427387904"),
    ("\"units\" : 4", "\"units\" : -4"),
    ("\"inputHeight\" : 12", "\"inputHeight\" : 9223372036854775807"),
    ("\"inputChannels\" : 3", "\"inputChannels\" : 0"),
  ])
  func impossibleSizesOfABundleAreNamed(old: String, new: String) throws {
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "small.graft")
    try Self.makeLearner().save(to: url)
    let manifest = url.appending(path: "model.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try #require(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: manifest)
    let error = #expect(throws: BundleError.self) { try Learner(bundle: url, device: CPUDevice()) }
    #expect(error?.description.contains(url.path) == true)
  }

  @Test func aLossThatIsNoNumberSurvivesItsBundle() async throws {
    let learner = try Self.makeLearner(.sgd(.greatestFiniteMagnitude))
    try await learner.fit(Self.makeData().split(validation: 0.25), epochs: 2, batchSize: 8)
    try #require(learner.history.last?.training.loss.isNaN == true)
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "small.graft")
    try learner.save(to: url)
    let opened = try Learner(bundle: url, device: CPUDevice())
    #expect(opened.history.last?.training.loss.isNaN == true)
  }

  @Test func samplesOfAnotherShapeAreRefused() async throws {
    let values = [Float](repeating: 0, count: 2 * 12 * 12)
    let gray = try ArrayDataset(
      values: values, sampleShape: [12, 12, 1], labels: [0, 1], classes: ["dark", "bright"])
    let error = await #expect(throws: LearnerError.self) {
      try await Self.makeLearner().evaluate(gray)
    }
    #expect(error?.description.contains("12×12×3") == true)
    #expect(error?.description.contains("12×12×1") == true)
  }

  /// Curves and confusion matrix of samples that are no files: there are no pictures to show.
  @Test func numbersHaveAReportToo() async throws {
    let learner = try Self.makeLearner()
    let data = try Self.makeData().split(validation: 0.25)
    try await learner.fit(data, epochs: 2, batchSize: 8)
    let folder = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "report.html")
    try await learner.report(on: data.validation, to: url)
    let page = try String(contentsOf: url, encoding: .utf8)
    for word in ["Accuracy", "Loss", "validation", "bright"] { #expect(page.contains(word)) }
  }

  @Test func aSummaryTellsWhatTrainsAndItsMemory() throws {
    let learner = try Self.makeLearner()
    learner.freezing = .upTo("dense")
    let summary = try learner.summary(batchSize: 8)
    #expect((summary.trainableCount, summary.frozenCount) == (10, 22))
    #expect(summary.memory?.plan == (try learner.forecast(batchSize: 8).plan))
    #expect(summary.description.contains("8 samples on \(learner.device.name)"))
    #expect(summary.layers.first { $0.name == "hidden" }?.kind == "dense")
    learner.freezing = .upTo("dnse")
    #expect(throws: ModelError.self) { try learner.summary() }
  }

  @Test func leavingTheLoopStopsAfterTheStep() async throws {
    let learner = try Self.makeLearner()
    let feed = try learner.feed(Self.makeData())
    var count = 0
    let options = TrainingOptions(epochs: 5, batchSize: 4, featureCache: .off)
    for try await event in try learner.training(on: feed, options: options) {
      if case .step = event { count += 1 }
      if count == 2 { break }
    }
    #expect(count == 2)
    #expect(learner.history.epochs.isEmpty)
  }

  @Test func freezingIsReadAtTheNextStep() async throws {
    let learner = try Self.makeLearner(.sgd(0.1))
    let data = try Self.makeData()
    func hidden() throws -> [Float] { try learner.parameters().values(at: "hidden.weight") }
    learner.freezing = .upTo("dense")
    let before = try hidden()
    try await learner.fit(on: learner.feed(data), options: TrainingOptions(epochs: 1))
    #expect(try hidden() == before)
    learner.freezing = .none
    try await learner.fit(on: learner.feed(data), options: TrainingOptions(epochs: 1))
    #expect(try hidden() != before)
  }

  @Test func ratesAreReadAtTheNextStep() async throws {
    let learner = try Self.makeLearner(.sgd(0.1))
    let feed = try learner.feed(Self.makeData())
    func hidden() throws -> [Float] { try learner.parameters().values(at: "hidden.weight") }
    func change(_ rates: LayerRates) async throws -> Float {
      let before = try hidden()
      learner.rates = rates
      try await learner.fit(on: feed, options: TrainingOptions(epochs: 1))
      return zip(before, try hidden()).map { abs($0 - $1) }.max() ?? 0
    }
    let whole = try await change(.uniform)
    #expect(whole > 0)
    #expect(try await change(.layers(["hidden": 1e-3])) < whole / 100)
    await #expect(throws: ModelError.self) { try await change(.upTo("hiden", factor: 0.1)) }
    await #expect(throws: ModelError.self) { try await change(.upTo("dense", factor: .nan)) }
    await #expect(throws: ModelError.self) { try await change(.backbone(factor: 0.1)) }
  }

  @Test func aModelMustHaveAnOutputForEachClass() throws {
    let learner = try Self.makeLearner()
    let data = try ArrayDataset(
      values: [Float](repeating: 0, count: 3 * 12 * 12 * 3), sampleShape: [12, 12, 3],
      labels: [0, 1, 2])
    #expect(throws: LearnerError.self) { try learner.feed(data) }
  }

  @Test func aBatchThatDoesNotFitSaysWhatWould() throws {
    let model = Model(name: "wide", inputSize: 256) {
      Convolution2D(64, kernel: 3)
      GlobalAveragePooling()
      Dense(2)
    }
    let learner = try Learner(model, device: CPUDevice())
    let data = try ArrayDataset(
      values: [Float](repeating: 0, count: 2 * 256 * 256 * 3), sampleShape: [256, 256, 3],
      labels: [0, 1])
    let memory = learner.device.traits.memoryByteCount
    let batchSize = min(memory / (254 * 254 * 64 * 4) * 4, 1 << 16)
    let error = #expect(throws: MemoryError.self) {
      try learner.training(
        on: learner.feed(data), options: TrainingOptions(batchSize: batchSize))
    }
    let fitting = try #require(error?.fittingBatchSize)
    #expect(fitting < batchSize)
    #expect(try learner.forecast(batchSize: fitting).plan.totalByteCount <= memory)
  }
}
