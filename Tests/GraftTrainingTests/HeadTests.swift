import Foundation
import Graft
import Testing

/// Heads that begin with what another model learned.
@Suite struct HeadTests {
  private static func makeLearner(_ classes: [String], hidden: Int = 4) throws -> Learner<
    ImageClassification
  > {
    let model = Model(name: "small", inputSize: 12, classNames: classes) {
      GlobalAveragePooling()
      Dense(hidden, activation: .relu).named("hidden")
      Dense(classes.count)
    }
    return try Learner(model, device: CPUDevice(), seed: UInt64(classes.count))
  }

  private static func save(
    _ learner: Learner<ImageClassification>, _ body: (ModelBundle) throws -> Void
  ) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "graft-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try learner.save(to: url)
    try body(ModelBundle(url))
  }

  @Test func classesKeepTheirWeightsByName() throws {
    let old = try Self.makeLearner(["ant", "bee", "cat"])
    let new = try Self.makeLearner(["cat", "dog", "ant", "eel"])
    let before = try new.parameters().values(at: "dense.weight")
    let known = try old.parameters().values(at: "dense.weight")
    var taken: [String] = []
    try Self.save(old) { bundle in taken = try new.takeHead(of: bundle) }
    #expect(taken == ["cat", "ant"])
    let after = try new.parameters().values(at: "dense.weight")
    for row in 0..<4 {
      #expect(after[row * 4] == known[row * 3 + 2])
      #expect(after[row * 4 + 1] == before[row * 4 + 1])
      #expect(after[row * 4 + 2] == known[row * 3])
      #expect(after[row * 4 + 3] == before[row * 4 + 3])
    }
    #expect(
      try new.parameters().values(at: "hidden.weight")
        == old.parameters().values(at: "hidden.weight"))
  }

  @Test func theSameClassesGiveTheSameAnswers() async throws {
    let old = try Self.makeLearner(["ant", "bee"])
    let new = try Learner(old.model, device: CPUDevice(), seed: 9)
    let values = (0..<12 * 12 * 3).map { Float($0 % 7) }
    let data = try ArrayDataset(
      values: values, sampleShape: [12, 12, 3], labels: [0], classes: ["ant", "bee"])
    #expect(try await new.classify(data) != old.classify(data))
    try Self.save(old) { bundle in _ = try new.takeHead(of: bundle) }
    #expect(try await new.classify(data) == old.classify(data))
  }

  @Test func anotherHeadIsNamed() throws {
    try Self.save(Self.makeLearner(["ant", "bee"])) { bundle in
      let other = try Self.makeLearner(["ant", "bee"], hidden: 5)
      let error = #expect(throws: BundleError.self) { try other.takeHead(of: bundle) }
      #expect(try #require(error).description.contains("hidden.weight of 3×4"))
      let stranger = try Self.makeLearner(["cat", "dog"])
      let refusal = #expect(throws: BundleError.self) { try stranger.takeHead(of: bundle) }
      #expect(try #require(refusal).description.contains("ant, bee"))
    }
  }
}
