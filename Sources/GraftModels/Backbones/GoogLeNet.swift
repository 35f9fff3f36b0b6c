import GraftData
import GraftLayers

/// The first Inception network (Szegedy et al. 2015) with normalization, by torchvision's names.
///
/// As in torchvision the branch that the paper gives a 5 × 5 convolution has one of 3 × 3.
public struct GoogLeNet: BackboneArchitecture {
  /// Divides the channels of every layer.
  public var divisor: Int

  /// The network with its channels divided, 1 for the published one.
  public init(divisor: Int = 1) { self.divisor = divisor }

  /// Name and the channels of each block: of branch 1, of the two convolutions of branches 2 and 3,
  /// of the one after the pooling.
  private static let blocks: [(name: String, filters: [Int])] = [
    ("inception3a", [64, 96, 128, 16, 32, 32]), ("inception3b", [128, 128, 192, 32, 96, 64]),
    ("maxpool3", []),
    ("inception4a", [192, 96, 208, 16, 48, 64]), ("inception4b", [160, 112, 224, 24, 64, 64]),
    ("inception4c", [128, 128, 256, 24, 64, 64]), ("inception4d", [112, 144, 288, 32, 64, 64]),
    ("inception4e", [256, 160, 320, 32, 128, 128]), ("maxpool4", []),
    ("inception5a", [256, 160, 320, 32, 128, 128]), ("inception5b", [384, 192, 384, 48, 128, 128]),
  ]

  public var stageNames: [String] {
    ["conv1", "conv3", "inception3b", "inception4e", "inception5b"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    func unit(_ name: String, _ filters: Int, kernel: Int, stride: Int = 1, _ x: Symbol) -> Symbol {
      let unit = InceptionUnit(
        filters: filters / divisor, kernel: Extent2D(kernel), stride: stride)
      return unit(x, in: scope / name)
    }
    let pooling = MaxPooling2D(3, strides: 2, roundsUp: true)
    var x = unit("conv1", 64, kernel: 7, stride: 2, input)
    x = pooling(x, in: scope / "maxpool1")
    x = unit("conv2", 64, kernel: 1, x)
    x = unit("conv3", 192, kernel: 3, x)
    x = pooling(x, in: scope / "maxpool2")
    for (name, filters) in Self.blocks {
      if filters.isEmpty {
        let window: Extent2D = name == "maxpool4" ? 2 : 3
        x = MaxPooling2D(window, strides: 2, roundsUp: true)(x, in: scope / name)
      } else {
        x = GoogLeNetBlock(filters: filters.map { $0 / divisor })(x, in: scope / name)
      }
    }
    return x
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "avgpool")
    x = options.dropout(usually: 0.2)(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "fc")
  }
}

/// Four branches side by side.
private struct GoogLeNetBlock: Layer {
  var filters: [Int]

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    func unit(_ index: Int, kernel: Int) -> InceptionUnit {
      InceptionUnit(filters: filters[index], kernel: Extent2D(kernel))
    }
    let pooling = MaxPooling2D(3, strides: 1, padding: .symmetric(1), roundsUp: true)
    return .concatenated([
      unit(0, kernel: 1)(input, in: scope / "branch1"),
      Sequential([unit(1, kernel: 1), unit(2, kernel: 3)])(input, in: scope / "branch2"),
      Sequential([unit(3, kernel: 1), unit(4, kernel: 3)])(input, in: scope / "branch3"),
      Sequential([pooling, unit(5, kernel: 1)])(input, in: scope / "branch4"),
    ])
  }
}

extension Backbone {
  /// GoogLeNet (Inception V1); 6,624,904 parameters with its classifier.
  public static let googLeNet = Backbone(
    Recipe(name: "googlenet", title: "GoogLeNet (Inception V1)", classifier: ["fc"]),
    Variant(
      .torchvision, GoogLeNet(),
      // What the classifiers in between only helped to train.
      ignoring: [#"^aux[12]\."#],
      // torchvision turns its usual pixels into these within the network where weights are loaded.
      preprocessing: .minusOneToOne(
        size: 224, resizeRule: .shorterSideThenCentreCrop(resize: 256))))
}
