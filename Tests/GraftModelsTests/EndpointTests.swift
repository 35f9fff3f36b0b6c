import GraftModels
import Testing

/// Endpoints by PyTorch's module paths and by Keras's layer names, inside of a model with a head.
struct EndpointTests {
  struct Case: CustomTestStringConvertible {
    var backbone: String
    var names: [String]
    var extents: [Int]

    init(_ backbone: String, _ names: [String], _ extents: [Int]) {
      (self.backbone, self.names, self.extents) = (backbone, names, extents)
    }

    var testDescription: String { "\(backbone) \(names)" }
  }

  @Test(arguments: [
    Case("resnet50", ["layer1", "layer1.2", "conv2_block3_out"], [56, 56, 256]),
    Case("resnet50", ["layer4.2.conv3", "conv5_block3_3_conv"], [7, 7, 2048]),
    Case("resnet50", ["layer3", "conv4_block6_out"], [14, 14, 1024]),
    Case("resnet50", ["maxpool", "pool1_pool"], [56, 56, 64]),
    Case("resnet50", ["layer2.0.downsample.0", "conv3_block1_0_conv"], [28, 28, 512]),
    Case("resnet18", ["layer3", "conv4_block2_out"], [14, 14, 256]),
    Case("vgg16", ["features.3", "block1_conv2"], [224, 224, 64]),
    Case("vgg16", ["features", "features.30", "block5_pool", "vgg16"], [7, 7, 512]),
    Case("mobilenetv2", ["features.14.conv.0", "block_13_expand_relu"], [14, 14, 576]),
    Case("mobilenetv2", ["features.18", "out_relu"], [7, 7, 1280]),
    Case("efficientnet-lite0", ["blocks.3.0", "block4a_project_bn"], [14, 14, 80]),
    Case("efficientnet-lite0", ["blocks.3.0.bn1", "block4a_expand_activation"], [28, 28, 240]),
  ])
  func namesOfBothWorlds(_ test: Case) throws {
    let base = try Backbone.named(test.backbone)
    let outline = try Model {
      base
      GlobalAveragePooling()
      Dense(5)
    }.outline()
    let endpoints = try test.names.map { try outline.endpoint($0) }
    #expect(Set(endpoints.map(\.value)).count == 1)
    #expect(endpoints[0].type.shape == Shape([1] + test.extents))
  }

  @Test func anUnknownNameIsAnsweredWithTheNearest() throws {
    let model = Model(.vgg16)
    let error = #expect(throws: ModelError.self) { try model["block5_conv4"] }
    #expect(try #require(error).description.contains("'block5_conv3'"))
    #expect(throws: ModelError.self) { try Backbone.named("resnet5O") }
  }

  @Test func headsAreNamedByKind() throws {
    let model = Model {
      Backbone.efficientNetLite0
      GlobalAveragePooling()
      Dense(16, activation: .relu)
      Dropout(0.2)
      Dense(8, activation: .relu)
      Dense(5).named("species")
    }
    let paths = try model.parameters.suffix(6).map(\.path.description)
    #expect(
      paths == [
        "head.dense.weight", "head.dense.bias", "head.dense_1.weight", "head.dense_1.bias",
        "head.species.weight", "head.species.bias",
      ])
    #expect(try model["head.species"].value == model["logits"].value)
  }

  @Test func logitsStandBeforeAFinalSoftmax() throws {
    let model = Model(inputSize: 8) {
      Flatten()
      Dense(5)
      Softmax()
    }
    #expect(try model["logits"].value == model["dense"].value)
    #expect(try model["output"].value == model["softmax"].value)
  }

  @Test func tracingFailsWithTheLayer() {
    let small = Model(Backbone.resNet50(inputSize: 16))
    #expect(throws: GraphError.self) { try small.trace(batchSize: 1) }
    let unpooled = Model {
      Backbone.resNet18
      Dense(5)
    }
    let error = #expect(throws: GraphError.self) { try unpooled.trace(batchSize: 1) }
    #expect(error?.layer == "head.dense")
    for broken in [0, -1, Int.max] {
      #expect(throws: GraphError.self) { try Model(.vgg16).trace(batchSize: broken) }
    }
  }
}
