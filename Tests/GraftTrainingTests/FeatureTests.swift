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
}
