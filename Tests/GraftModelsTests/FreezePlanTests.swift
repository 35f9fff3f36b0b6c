import GraftModels
import Testing

/// Which parameters a freeze plan leaves to train.
struct FreezePlanTests {
  private func transfer(_ base: Backbone) -> Model {
    Model {
      base
      GlobalAveragePooling()
      Dense(5)
    }
  }

  private func trainable(_ plan: FreezePlan, _ model: Model) throws -> Set<String> {
    Set(try plan.trainableParameters(of: model).map(\.description))
  }

  private static let head: Set = ["head.dense.weight", "head.dense.bias"]

  @Test func allOfTheBackbone() throws {
    let model = transfer(.resNet50)
    #expect(try trainable(.allOf(.resNet50), model) == Self.head)
    #expect(try trainable(.backbone, model) == Self.head)
    #expect(try trainable(.upTo("head"), model) == Self.head)
    #expect(throws: ModelError.self) { try trainable(.allOf(.vgg16), model) }
  }

  @Test func nothingFrozenLeavesAllButRunningStatistics() throws {
    let model = transfer(.resNet18)
    let names = try trainable(.none, model)
    // 20 convolutions without bias, 20 normalizations, the new dense layer.
    #expect(names.count == 20 + 2 * 20 + 2)
    #expect(!names.contains { $0.contains("running") })
  }

  @Test func upToALayerByEitherName() throws {
    let vgg = transfer(.vgg16)
    let lastBlock = Set([24, 26, 28].flatMap { ["features.\($0).weight", "features.\($0).bias"] })
    for name in ["block5_conv1", "features.24", "block4_pool", "features.23"] {
      #expect(try trainable(.upTo(name), vgg) == lastBlock.union(Self.head))
    }
    let resNet = transfer(.resNet50)
    for name in ["layer4", "layer4.0.conv1", "conv5_block1_1_conv", "conv4_block6_out"] {
      let names = try trainable(.upTo(name), resNet)
      #expect(names.subtracting(Self.head).allSatisfy { $0.hasPrefix("layer4.") })
      #expect(names.count == 30 + 2)
    }
    let lite = transfer(.efficientNetLite0)
    let stage = try trainable(.trainingFrom("blocks.6"), lite)
    #expect(stage.contains("blocks.6.0.conv_pw.weight"))
    #expect(!stage.contains("blocks.5.3.bn3.bias"))
  }

  @Test func chosenLayersAndPredicates() throws {
    let model = transfer(.vgg16)
    #expect(try trainable(.allExcept(["block5_conv3", "head"]), model).count == 4)
    #expect(try trainable(.layers(["features"]), model) == Self.head)
    #expect(
      try trainable(.from("block1_conv2"), model) == ["features.0.weight", "features.0.bias"])
    #expect(try trainable(.where { $0.role != .bias }, model).count == 14)
    #expect(try trainable(.first(13), model) == Self.head)
    #expect(try trainable(.first(12), model).count == 4)
    #expect(try trainable(.allButLast(0), model) == Self.head)
    #expect(
      try trainable(.allButLast(2), model)
        == Self.head.union([
          "features.26.weight", "features.26.bias", "features.28.weight", "features.28.bias",
        ]))
    #expect(try trainable(.allButLast(99), model) == trainable(.none, model))
  }

  @Test func aPlanThatLeavesNothingIsAnError() {
    #expect(throws: ModelError.self) { try trainable(.backbone, Model(.vgg16)) }
    #expect(throws: ModelError.self) { try trainable(.first(14), transfer(.vgg16)) }
    #expect(throws: ModelError.self) { try trainable(.upTo("block6_conv1"), transfer(.vgg16)) }
  }
}
