import GraftModels
import GraftWeights
import Testing

/// Backbones that stand elsewhere than at the beginning of a model.
struct PlacedBackboneTests {
  /// A layer of a user's own.
  private struct Encoder: Layer {
    let base: Backbone

    func trace(_ input: Symbol, in scope: Scope) -> Symbol {
      GlobalAveragePooling()(base(input, in: scope / "base"), in: scope / "pool")
    }
  }

  private static let base = Backbone.mobileNetV2(inputSize: 96)
  private static let head: Set = ["dense.weight", "dense.bias"]

  static let models: [(path: String, model: Model)] = [
    (
      "encoder",
      Model {
        base.named("encoder")
        GlobalAveragePooling()
        Dense(3)
      }
    ),
    (
      "sequential.0",
      Model {
        Sequential {
          base
          GlobalAveragePooling()
        }
        Dense(3)
      }
    ),
    (
      "encoder.base",
      Model(inputSize: 96) {
        Encoder(base: base)
        Dense(3)
      }
    ),
  ]

  @Test(arguments: models)
  func isFoundWhereItStands(path: String, model: Model) throws {
    let outline = try model.outline()
    let placed = try #require(outline.backbones.first)
    #expect(outline.backbones.count == 1)
    #expect(placed.path == path)
    #expect(outline.parameters[placed.parameters].count == outline.parameters.count - 2)
    #expect(model.backbone?.name == "mobilenetv2")
    #expect(model.inputSize == 96)
    #expect(model.preprocessing == Model(Self.base).preprocessing)
    for plan in [FreezePlan.allOf(Self.base), .backbone, .allButLast(0)] {
      let names = try plan.trainableParameters(of: model).map(\.description)
      #expect(Set(names) == Self.head)
    }
    #expect(try FreezePlan.allButLast(1).trainableParameters(of: model).count == 2 + 2)
    #expect(throws: ModelError.self) {
      try FreezePlan.allOf(.vgg16).trainableParameters(of: model)
    }
    let groups = try LayerRates.backbone(factor: 0.5).groups(of: outline)
    #expect(groups.count == 1)
    #expect(groups.first?.parameters.count == outline.parameters.count - 2)
    #expect(Set(outline.headParameters.map(\.path.description)) == Self.head)
  }

  @Test func aSecondOneKeepsParametersOfItsOwn() throws {
    let small = Backbone.mobileNetV1(width: 0.1)(inputSize: 64)
    let model = Model {
      Self.base
      Convolution2D(3, kernel: 1)
      UpsampledTo(size: 64)
      small
      GlobalAveragePooling()
      Dense(2)
    }
    let outline = try model.outline()
    #expect(outline.backbones.map(\.path) == ["", "mobilenetv1-0.1"])
    #expect(Set(outline.parameters.map(\.path)).count == outline.parameters.count)
    let trainable = try FreezePlan.backbone.trainableParameters(of: model).map(\.description)
    #expect(
      Set(trainable) == [
        "head.convolution2d.weight", "head.convolution2d.bias", "head.dense.weight",
        "head.dense.bias",
      ])
    let allButSmall = try FreezePlan.allOf(small).trainableParameters(of: model)
    #expect(!allButSmall.contains { $0.description.hasPrefix("mobilenetv1") })
    #expect(allButSmall.contains("features.0.0.weight"))
    let twins = try Model {
      Backbone.squeezeNet11(inputSize: 64).named("a")
      Convolution2D(3, kernel: 1)
      UpsampledTo(size: 64)
      Backbone.squeezeNet11.named("b")
    }.outline()
    #expect(twins.backbones.map(\.path) == ["a", "b"])
    #expect(twins.backbones[0].parameters.count == twins.backbones[1].parameters.count)
  }

  /// An image that is padded until it has a size.
  private struct UpsampledTo: Layer {
    let size: Int

    func trace(_ input: Symbol, in scope: Scope) -> Symbol {
      guard let (found, _) = scope.image(input) else { return input }
      let padding = Padding(
        before: [0, 0, 0, 0], after: [0, size - found.height, size - found.width, 0])
      return scope.builder.apply(padding, to: input)
    }
  }

  /// An alias stands for the layer beside it, wherever both are.
  @Test func aliasesKeepTheirParameters() throws {
    for base in [Backbone.vgg16(inputSize: 32), .vgg16(includesTop: true)] {
      let plain = try Model(base).outline()
      let nested = try Model { base.named("encoder") }.outline()
      for name in ["block1_conv1", "block5_conv3"] + (base.includesTop ? ["fc1", "fc2"] : []) {
        let range = try plain.parameterRange(of: name)
        #expect(range.count == 2)
        #expect(try nested.parameterRange(of: name) == range)
      }
    }
  }
}
