import GraftModels
import Testing

/// Sizes, channels, classes, widths and stages of backbones.
struct OptionTests {
  @Test(arguments: Backbone.all)
  func theSmallestImageWorksAndASmallerOneIsRefused(backbone: Backbone) throws {
    let minimum = backbone.recipe.minimumSize
    let outline = try Model(backbone(pooling: .average, inputSize: Extent2D(minimum))).outline()
    #expect(outline.output.shape.rank == 2)
    let error = #expect(throws: GraphError.self) {
      try Model(backbone(inputSize: Extent2D(minimum - 1, minimum))).outline()
    }
    #expect(error?.description.contains("at least \(minimum)×\(minimum)") == true)
  }

  /// Sizes whose products fit no `Int`.
  @Test func impossibleSizesAreRefused() {
    for model in [
      Model(inputSize: Extent2D(Int.max, 1)) { Flatten() },
      Model(inputSize: 65_536, inputChannels: 65_536) { Flatten() },
      Model(inputSize: 1) {
        GlobalAveragePooling()
        Dense(Int.max)
      },
      Model(inputSize: 65_536) {
        Flatten()
        Dense(1 << 24)
      },
    ] {
      #expect(throws: GraphError.self) { try model.trace(batchSize: 1) }
      // What pictures become is asked before the model is traced.
      #expect(model.preprocessing.size.height == model.inputSize.height)
    }
    let huge = Model(Backbone.mobileNetV2(inputSize: Extent2D(Int.max)))
    #expect(huge.preprocessing.size.height == .max)
    #expect(throws: GraphError.self) { try huge.trace(batchSize: 1) }
  }

  @Test(arguments: Backbone.all)
  func stagesHalveTheSize(backbone: Backbone) throws {
    for variant in backbone.variants {
      let model = Model(backbone(inputSize: 160, source: variant.source))
      let outline = try model.outline()
      let sizes = try backbone(source: variant.source).stageNames.map {
        try outline.endpoint($0).type.imageSize.height
      }
      #expect(sizes.count >= 3)
      for (larger, smaller) in zip(sizes, sizes.dropFirst()) {
        // Convolutions without padding take a little more.
        let share = Double(smaller) / Double(larger)
        #expect(share > 0.3 && share < 0.6, "\(sizes) of \(variant.source)")
      }
      #expect(outline.output.imageSize.height == sizes.last)
    }
  }

  @Test func classesChannelsAndDropRate() throws {
    let base = Backbone.efficientNetLite0(
      includesTop: true, classCount: 7, inputSize: 64, inputChannels: 1, dropRate: 0.5)
    let graph = try Model(base).trace(batchSize: 2)
    #expect(graph.outputs["output"].map(graph.type(of:))?.shape == [2, 7])
    let dropouts = graph.nodes.compactMap { $0.operation as? GraftGraph.Dropout }
    #expect(dropouts.map(\.rate) == [0.5])
    let stem = try #require(graph.parameters.first)
    #expect(stem.type.shape == [3, 3, 1, 32])
    #expect(Model(base).preprocessing.channelOrder == .gray)
    let error = #expect(throws: GraphError.self) {
      try Model(Backbone.resNet18(includesTop: true, inputSize: 64, dropRate: 1)).outline()
    }
    #expect(error?.layer == "dropout")
  }

  @Test func widthsStandBehindTheName() throws {
    let half = try Backbone.named("mobilenetv2-0.5")
    #expect(half.name == "mobilenetv2-0.5")
    let outline = try Model(half(includesTop: true)).outline()
    // torchvision's mobilenet_v2(width_mult=0.5).
    #expect(outline.parameterCount == 1_968_680)
    #expect(throws: ModelError.self) { try Backbone.named("mobilenetv2-0") }
    #expect(throws: ModelError.self) { try Backbone.named("resnet50-0.5") }
  }
}
