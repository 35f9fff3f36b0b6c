import GraftData
import GraftLayers

/// The third Inception network (Szegedy et al. 2016), by torchvision's names.
public struct InceptionV3: BackboneArchitecture {
  /// Divides the channels of every layer.
  public var divisor: Int
  /// Whether the average poolings leave their padding out of the mean, as TensorFlow does, and
  /// normalizations move as slowly as Keras's.
  public var followsKeras: Bool

  /// The network with its channels divided, 1 for the published one.
  public init(divisor: Int = 1, followsKeras: Bool = false) {
    (self.divisor, self.followsKeras) = (divisor, followsKeras)
  }

  fileprivate var momentum: Float { followsKeras ? 0.99 : 0.9 }

  public var stageNames: [String] {
    ["Conv2d_2b_3x3", "Conv2d_4a_3x3", "Mixed_5d", "Mixed_6e", "Mixed_7c"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    var position = 0
    func stem(
      _ name: String, _ filters: Int, _ kernel: Int, stride: Int = 1,
      padding: ImagePadding = .valid, _ x: Symbol
    ) -> Symbol {
      let unit = InceptionUnit(
        filters: filters / divisor, kernel: Extent2D(kernel), stride: stride, padding: padding,
        momentum: momentum, position: position)
      position += 1
      return unit(x, in: scope / name)
    }
    var x = stem("Conv2d_1a_3x3", 32, 3, stride: 2, input)
    x = stem("Conv2d_2a_3x3", 32, 3, x)
    x = stem("Conv2d_2b_3x3", 64, 3, padding: .centered, x)
    x = MaxPooling2D(3, strides: 2)(x, in: scope / "maxpool1", as: "max_pooling2d")
    x = stem("Conv2d_3b_1x1", 80, 1, x)
    x = stem("Conv2d_4a_3x3", 192, 3, x)
    x = MaxPooling2D(3, strides: 2)(x, in: scope / "maxpool2", as: "max_pooling2d_1")
    for (index, (name, branches)) in Self.blocks.enumerated() {
      let block = InceptionBlock(network: self, branches: branches, firstPosition: position)
      position += branches.reduce(0) { $0 + $1.units.count }
      x = block(x, in: scope / name)
      scope.offer(x, as: "mixed\(index)")
    }
    return x
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "avgpool", as: "avg_pool")
    x = options.dropout(usually: 0.5)(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "fc", as: "predictions")
  }
}

/// Branches side by side, their results joined.
private struct InceptionBlock: Layer {
  var network: InceptionV3
  var branches: [Branch]
  /// Which of the network's convolutions the block's first is.
  var firstPosition: Int

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var position = firstPosition
    func apply(_ unit: Branch.Unit, _ x: Symbol) -> Symbol {
      let layer = InceptionUnit(
        filters: unit.filters / network.divisor, kernel: unit.kernel, stride: unit.stride,
        padding: unit.stride == 1 ? .centered : .valid, momentum: network.momentum,
        position: position)
      position += 1
      return layer(x, in: scope / unit.name)
    }
    var results: [Symbol] = []
    for branch in branches {
      var x = pool(input, branch.pooling, in: scope)
      for unit in branch.chain { x = apply(unit, x) }
      results.append(branch.fork.isEmpty ? x : .concatenated(branch.fork.map { apply($0, x) }))
    }
    return .concatenated(results)
  }

  private func pool(_ x: Symbol, _ pooling: Branch.Pooling?, in scope: Scope) -> Symbol {
    switch pooling {
    case nil: return x
    case .maximum: return MaxPooling2D(3, strides: 2).trace(x, in: scope)
    case .average:
      let layer = AveragePooling2D(
        3, strides: 1, padding: .symmetric(1), countsPadding: !network.followsKeras)
      return layer.trace(x, in: scope)
    }
  }
}

/// One branch of a block: a pooling, if any, a chain of convolutions, and then, if any, convolutions
/// that all read the chain's result.
private struct Branch: Sendable {
  struct Unit {
    var name: String
    var filters: Int
    var kernel: Extent2D
    var stride = 1
  }
  /// What a branch may begin with.
  enum Pooling { case average, maximum }

  var pooling: Pooling?
  var chain: [Unit] = []
  var fork: [Unit] = []

  var units: [Unit] { chain + fork }
}

extension InceptionV3 {
  fileprivate static let blocks: [(name: String, branches: [Branch])] = [
    ("Mixed_5b", small(pooled: 32)), ("Mixed_5c", small(pooled: 64)),
    ("Mixed_5d", small(pooled: 64)), ("Mixed_6a", smallReduction),
    ("Mixed_6b", factorized(128)), ("Mixed_6c", factorized(160)), ("Mixed_6d", factorized(160)),
    ("Mixed_6e", factorized(192)), ("Mixed_7a", factorizedReduction), ("Mixed_7b", forked),
    ("Mixed_7c", forked),
  ]

  private static func unit(
    _ name: String, _ filters: Int, _ height: Int, _ width: Int, stride: Int = 1
  ) -> Branch.Unit {
    Branch.Unit(
      name: "branch\(name)", filters: filters, kernel: Extent2D(height, width), stride: stride)
  }

  /// Figure 5 of the paper, with a 5 × 5 convolution kept.
  private static func small(pooled: Int) -> [Branch] {
    [
      Branch(chain: [unit("1x1", 64, 1, 1)]),
      Branch(chain: [unit("5x5_1", 48, 1, 1), unit("5x5_2", 64, 5, 5)]),
      Branch(chain: [
        unit("3x3dbl_1", 64, 1, 1), unit("3x3dbl_2", 96, 3, 3), unit("3x3dbl_3", 96, 3, 3),
      ]),
      Branch(pooling: .average, chain: [unit("_pool", pooled, 1, 1)]),
    ]
  }

  /// Figure 10: half the size.
  private static let smallReduction = [
    Branch(chain: [unit("3x3", 384, 3, 3, stride: 2)]),
    Branch(chain: [
      unit("3x3dbl_1", 64, 1, 1), unit("3x3dbl_2", 96, 3, 3),
      unit("3x3dbl_3", 96, 3, 3, stride: 2),
    ]),
    Branch(pooling: .maximum),
  ]

  /// Figure 6, with 7 × 7 convolutions taken apart.
  private static func factorized(_ inner: Int) -> [Branch] {
    [
      Branch(chain: [unit("1x1", 192, 1, 1)]),
      Branch(chain: [
        unit("7x7_1", inner, 1, 1), unit("7x7_2", inner, 1, 7), unit("7x7_3", 192, 7, 1),
      ]),
      Branch(chain: [
        unit("7x7dbl_1", inner, 1, 1), unit("7x7dbl_2", inner, 7, 1),
        unit("7x7dbl_3", inner, 1, 7), unit("7x7dbl_4", inner, 7, 1), unit("7x7dbl_5", 192, 1, 7),
      ]),
      Branch(pooling: .average, chain: [unit("_pool", 192, 1, 1)]),
    ]
  }

  /// Half the size again.
  private static let factorizedReduction = [
    Branch(chain: [unit("3x3_1", 192, 1, 1), unit("3x3_2", 320, 3, 3, stride: 2)]),
    Branch(chain: [
      unit("7x7x3_1", 192, 1, 1), unit("7x7x3_2", 192, 1, 7), unit("7x7x3_3", 192, 7, 1),
      unit("7x7x3_4", 192, 3, 3, stride: 2),
    ]),
    Branch(pooling: .maximum),
  ]

  /// Figure 7.
  private static let forked = [
    Branch(chain: [unit("1x1", 320, 1, 1)]),
    Branch(
      chain: [unit("3x3_1", 384, 1, 1)],
      fork: [unit("3x3_2a", 384, 1, 3), unit("3x3_2b", 384, 3, 1)]),
    Branch(
      chain: [unit("3x3dbl_1", 448, 1, 1), unit("3x3dbl_2", 384, 3, 3)],
      fork: [unit("3x3dbl_3a", 384, 1, 3), unit("3x3dbl_3b", 384, 3, 1)]),
    Branch(pooling: .average, chain: [unit("_pool", 192, 1, 1)]),
  ]
}

extension Backbone {
  /// Inception V3; 23,834,568 parameters with its classifier, without the auxiliary one.
  public static let inceptionV3 = Backbone(
    Recipe(
      name: "inceptionv3", title: "Inception V3", minimumSize: 75, classifier: ["fc"]),
    Variant(
      .torchvision, InceptionV3(), inputSize: 299,
      ignoring: [#"^AuxLogits\."#],
      // torchvision turns its usual pixels into these within the network where weights are loaded.
      preprocessing: .minusOneToOne(
        size: 299, resizeRule: .shorterSideThenCentreCrop(resize: 342))),
    // Keras normalizes without a scale.
    Variant(
      .keras, InceptionV3(followsKeras: true), inputSize: 299, lacking: [#"\.bn\.weight$"#]))
}
