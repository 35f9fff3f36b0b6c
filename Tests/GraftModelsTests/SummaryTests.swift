import Foundation
import GraftModels
import Testing

/// What a summary says of a model.
struct SummaryTests {
  private static let small = Model(name: "small", inputSize: 12) {
    Convolution2D(4, kernel: 3).named("conv")
    BatchNormalization().named("bn")
    GlobalAveragePooling()
    Dense(2).named("dense")
  }

  @Test func listsLayersWithShapesAndCounts() throws {
    let lines = try Self.small.summary(freezing: .upTo("bn")).lines()
    let cells = lines.map { $0.split(separator: " ").map(String.init) }
    #expect(cells[1] == ["conv", "convolution2d", "10×10×4", "112", "frozen"])
    #expect(cells[2] == ["bn", "batch_normalization", "10×10×4", "8", "trains"])
    #expect(cells[3].prefix(3) == ["global_average_pooling", "global_average_pooling", "4"])
    #expect(cells[4] == ["dense", "dense", "2", "10", "trains"])
    #expect(
      lines.last
        == "130 parameters (520 B): 18 trainable, 112 frozen; 8 running statistics besides")
  }

  @Test func aLayerMayTrainInPart() throws {
    let summary = try Self.small.summary(freezing: .where { $0.role == .bias })
    let dense = try #require(summary.layers.first { $0.name == "dense" })
    #expect((dense.parameterCount, dense.trainableCount) == (10, 8))
    #expect(summary.description.contains("trains in part"))
  }

  /// Counts of PyTorch's and Keras's `ResNet50` with their own classifiers.
  @Test func countsAreThoseOfOthers() throws {
    let summary = try Model(Backbone.resNet50(includesTop: true)).summary()
    #expect(summary.parameterCount == 25_557_032)
    #expect(summary.statisticCount == 53_120)
    #expect(summary.frozenCount == 0)
  }

  @Test func layersAroundOthersAreListedOnDemand() throws {
    let model = Model {
      Backbone.resNet18
      GlobalAveragePooling()
      Dense(5)
    }
    let summary = try model.summary(freezing: .upTo("layer4.1"))
    #expect(!summary.lines().contains { $0.hasPrefix("layer4 ") })
    let line = try #require(summary.lines(allLayers: true).first { $0.hasPrefix("layer4 ") })
    #expect(line.hasSuffix("8,393,728  trains in part"))
    #expect(throws: ModelError.self) { try model.summary(freezing: .upTo("layer9")) }
  }

  @Test func isWrittenAsJSON() throws {
    let data = try JSONEncoder().encode(try Self.small.summary(freezing: .upTo("dense")))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["frozenParameters"] as? Int == 120)
    #expect(object["totalBytes"] == nil)
    let layers = try #require(object["layers"] as? [[String: Any]])
    #expect(layers.map { $0["trainable"] as? Bool } == [false, false, false, true])
    #expect(layers[0]["shape"] as? [Int] == [10, 10, 4])
  }
}
