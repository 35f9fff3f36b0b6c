import Graft
import Testing

/// The values of named layers.
@Suite struct FeatureTests {
  /// Initial values follow from seed and path, so that all three networks have the same.
  @Test func aNetworkWithItsClassifierHasPooledFeaturesToo() async throws {
    let base = Backbone.mobileNetV2(inputSize: 32)
    func features(_ layers: [String], _ backbone: Backbone) async throws -> [String: [Float]] {
      let learner = try Learner(Model(backbone), device: CPUDevice())
      let samples = (0..<2 * 32 * 32 * 3).map { Float($0 % 11) / 11 }
      return try await learner.features(
        layers, of: ArraySource(samples: samples, targets: [], sampleCount: 2))
    }
    let both = try await features(["pooled", "logits"], base(includesTop: true, pooling: .average))
    let pooled = try await features(["pooled"], base(pooling: .average))
    let logits = try await features(["logits"], base(includesTop: true))
    #expect(try #require(both["pooled"]).count == 2 * 1280)
    #expect(both["pooled"] == pooled["pooled"])
    #expect(both["logits"] == logits["logits"])
  }

  @Test func featuresComeBatchByBatch() async throws {
    let learner = try Learner(
      Model(.mobileNetV2(inputSize: 32)(pooling: .average)), device: CPUDevice())
    let samples = (0..<5 * 32 * 32 * 3).map { Float($0 % 13) / 13 }
    let feed = try ArraySource(samples: samples, targets: [], sampleCount: 5)
    var (batches, rows): ([[Int]], [Float]) = ([], [])
    try await learner.features(["pooled"], of: feed, batchSize: 2) { batch, values in
      batches.append(batch.samples)
      #expect(values.names == ["pooled", "predictions"])
      rows += values["pooled"]
    }
    #expect(batches == [[0, 1], [2, 3], [4]])
    #expect(rows == (try await learner.features(["pooled"], of: feed, batchSize: 2)["pooled"]))
  }

  @Test func aBackboneGivesFeaturesByItself() async throws {
    let base = Backbone.mobileNetV2(inputSize: 32)
    let values = (0..<5 * 32 * 32 * 3).map { Float($0 % 13) / 13 }
    let data = try ArrayDataset(
      values: values, sampleShape: [32, 32, 3], labels: [0, 1, 2, 1, 0],
      classes: ["a", "b", "c"])
    let learner = try Learner(Model(base(pooling: .average)), device: CPUDevice())
    let expected = try await learner.features(
      ["pooled"], of: ArraySource(samples: values, targets: [], sampleCount: 5))
    let rows = try await base.features(
      of: data, batchSize: 2, device: CPUDevice())
    #expect(rows.map(\.count) == Array(repeating: 1280, count: 5))
    #expect(rows.flatMap(\.self) == expected["pooled"])
    let summary = try base.summary()
    // torchvision's 3,504,872 without the classifier's 1,281,000.
    #expect(summary.description.contains("2,223,872"))
    await #expect(throws: ModelError.self) {
      try await base.features(of: data, layers: ["poled"], device: CPUDevice()) { _, _ in }
    }
  }
}
