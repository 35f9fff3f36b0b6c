import Foundation
import Graft
import Testing

/// The learner on a model small enough to train in a test.
@Suite struct LearnerTests {
  private static func makeData(seed: UInt64 = 1) throws -> ArrayDataset {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<24).map { $0 % 2 }
    let values = labels.flatMap { label in
      (0..<12 * 12 * 3).map { _ in Float(generator.nextUnit()) + (label == 1 ? 0.4 : 0) }
    }
    return try ArrayDataset(
      values: values, sampleShape: [12, 12, 3], labels: labels, classes: ["dark", "bright"])
  }

  private static func makeLearner(_ optimizer: Optimizer = .adam(0.05)) throws -> Learner {
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
    #expect(try opened.classify(data) == learner.classify(data))
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
