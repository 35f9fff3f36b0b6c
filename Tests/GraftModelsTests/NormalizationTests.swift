import Foundation
import GraftGraph
import GraftModels
import Testing

/// With which values networks normalize, and how their running statistics move.
struct NormalizationTests {
  struct Expected: Decodable {
    var momentum: Float
    var epsilon: Float
  }

  /// What `make_normalization_fixtures.py` found in Keras's networks.
  private static func expected() throws -> [String: Expected] {
    struct File: Decodable { var networks: [String: Expected] }
    let url = Fixture.folder.deletingLastPathComponent().appending(path: "normalization.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: url)).networks
  }

  private func normalizations(of base: Backbone) throws -> [GraftGraph.BatchNormalization] {
    try Model(base).trace(batchSize: 1).nodes.compactMap {
      $0.operation as? GraftGraph.BatchNormalization
    }
  }

  @Test func kerasNetworksNormalizeAsKerasDoes() throws {
    for (name, expected) in try Self.expected() {
      let found = try normalizations(of: Backbone.named(name)(source: .keras))
      #expect(!found.isEmpty, "\(name)")
      for normalization in found {
        #expect(abs(normalization.decay - expected.momentum) < 1e-6, "\(name)")
        #expect(abs(normalization.epsilon - expected.epsilon) < 1e-9, "\(name)")
      }
    }
  }

  /// Keras moves the variance by the biased estimate, PyTorch by the unbiased one.
  @Test func theSourceDecidesHowTheVarianceMoves() throws {
    for base in Backbone.all {
      for variant in base.variants {
        for normalization in try normalizations(of: base(source: variant.source)) {
          #expect(
            normalization.tracksUnbiasedVariance == (variant.source != .keras),
            "\(base.name) of \(variant.source)")
        }
      }
    }
  }

  @Test func aLayersOwnChoiceCounts() throws {
    for choice in [nil, true, false] {
      let model = Model(name: "own") { BatchNormalization(tracksUnbiasedVariance: choice) }
      let graph = try model.trace(batchSize: 1)
      let found = graph.nodes.compactMap { $0.operation as? GraftGraph.BatchNormalization }
      #expect(found.map(\.tracksUnbiasedVariance) == [choice ?? true])
    }
  }
}
