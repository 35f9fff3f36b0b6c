import GraftModels
import Testing

/// Which parameters learn at which rate.
struct LayerRatesTests {
  private static let model = Model {
    Backbone.resNet18
    GlobalAveragePooling()
    Dense(5)
  }

  /// The factor of each parameter that has one.
  private func factors(_ rates: LayerRates, _ model: Model = Self.model) throws -> [String: Float] {
    var factors: [String: Float] = [:]
    for (parameters, factor) in try rates.groups(of: model.outline()) {
      for path in parameters {
        #expect(factors.updateValue(factor, forKey: "\(path)") == nil, "\(path) is in two groups")
      }
    }
    return factors
  }

  @Test func theBackboneIsEverythingButTheHead() throws {
    let factors = try factors(.backbone(factor: 0.1))
    #expect(factors["conv1.weight"] == 0.1)
    #expect(factors["layer4.1.bn2.bias"] == 0.1)
    #expect(!factors.keys.contains { $0.hasPrefix("head.") })
    #expect(throws: ModelError.noBackbone(model: "model")) {
      try self.factors(.backbone(factor: 0.1), Model { Flatten() })
    }
  }

  @Test func upToALayerIsAllBeforeIt() throws {
    let names = try factors(.upTo("layer2", factor: 0.5)).keys
    #expect(names.contains("layer1.1.conv2.weight"))
    #expect(!names.contains { $0.hasPrefix("layer2") || $0.hasPrefix("head") })
  }

  @Test func theInnermostNameCounts() throws {
    let factors = try factors(.layers(["layer3": 0.1, "layer3.1": 0.3, "layer3.1.conv1": 0.7]))
    #expect(factors["layer3.0.conv1.weight"] == 0.1)
    #expect(factors["layer3.1.conv2.weight"] == 0.3)
    #expect(factors["layer3.1.conv1.weight"] == 0.7)
    #expect(factors["layer4.0.conv1.weight"] == nil)
  }

  @Test func oneRateHasNoGroups() throws {
    #expect(try LayerRates.uniform.groups(of: Self.model.outline()).isEmpty)
  }

  @Test(arguments: [0, -1, .nan, .infinity] as [Float])
  func impossibleFactorsAreNamed(factor: Float) throws {
    let error = #expect(throws: ModelError.self) { try factors(.layers(["layer3": factor])) }
    let text = try #require(error).description
    #expect(text.contains("'layer3'"))
    #expect(text.contains("\(factor), only by a number greater than 0"))
  }

  @Test func unknownLayersAreNamed() throws {
    let error = #expect(throws: ModelError.self) { try factors(.upTo("layr2", factor: 0.1)) }
    #expect(try #require(error).description.contains("'layer2'"))
  }
}
