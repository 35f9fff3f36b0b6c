import GraftLayers

/// Networks scaled in width, depth and resolution together (Tan and Le 2019) and their second
/// generation (Tan and Le 2021), by torchvision's names.
public struct EfficientNet: BackboneArchitecture {
  /// A series of equal blocks.
  public struct Stage: Hashable, Sendable {
    /// Whether the block's first two convolutions are one of 3 × 3.
    var isFused: Bool
    /// How many times the input's width the block is wide inside.
    var expansion: Int
    var kernel: Int
    var stride: Int
    /// The channels of the result.
    var filters: Int
    var count: Int

    /// `count` blocks; only the first one takes the stride.
    public init(
      fused: Bool = false, _ expansion: Int, _ kernel: Int, _ stride: Int, _ filters: Int,
      _ count: Int
    ) {
      (isFused, self.expansion, self.kernel) = (fused, expansion, kernel)
      (self.stride, self.filters, self.count) = (stride, filters, count)
    }
  }

  /// The channels of the first convolution.
  public var stem: Int
  public var stages: [Stage]
  /// The channels of the last convolution.
  public var head: Int
  public var epsilon: Float
  /// How much of the running statistics survives a training step.
  public var momentum: Float
  /// The share of the pooled features that the classifier drops in training.
  public var dropRate: Float
  public var padding: ImagePadding

  /// A network of stages between a first convolution of `stem` channels and a last one of `head`.
  public init(
    stem: Int, stages: [Stage], head: Int, epsilon: Float = 1e-5, momentum: Float = 0.9,
    dropRate: Float = 0.2, padding: ImagePadding = .centered
  ) {
    (self.stem, self.stages, self.head) = (stem, stages, head)
    (self.epsilon, self.momentum) = (epsilon, momentum)
    (self.dropRate, self.padding) = (dropRate, padding)
  }

  fileprivate var normalization: BatchNormalization {
    BatchNormalization(epsilon: epsilon, momentum: momentum)
  }

  public var stageNames: [String] {
    let halving = stages.indices.filter { stages[$0].stride == 2 }
    return (halving + [stages.count + 1]).map { "features.\($0)" }
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    var layers: [any Layer] = [
      unit(.unbiased(stem, kernel: 3, stride: 2, padding: padding), .silu, "stem")
    ]
    for (index, stage) in stages.enumerated() {
      let blocks = (0..<stage.count).map { block in
        EfficientBlock(
          network: self, stage: stage, stride: block == 0 ? stage.stride : 1,
          alias: "block\(index + 1)\(Character(UnicodeScalar(UInt8(97 + block))))")
      }
      layers.append(Sequential(blocks))
    }
    layers.append(unit(.unbiased(head, kernel: 1), .silu, "top"))
    return Sequential(layers)(input, in: scope / "features")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    let x = GlobalAveragePooling()(features, in: scope / "avgpool", as: "avg_pool")
    let classifier = Sequential {
      options.dropout(usually: dropRate).aliased("top_dropout")
      Dense(options.classCount).aliased("predictions")
    }
    return classifier(x, in: scope / "classifier")
  }

  /// - Parameter convolutionAlias: Keras's name of the convolution where it isn't `alias_conv`.
  fileprivate func unit(
    _ convolution: Convolution2D, _ activation: Activation?, _ alias: String,
    convolutionAlias: String? = nil
  ) -> ConvolutionUnit {
    ConvolutionUnit(
      convolution: convolution, normalization: normalization, activation: activation,
      aliases: .init(
        convolution: convolutionAlias ?? "\(alias)_conv", normalization: "\(alias)_bn",
        activation: "\(alias)_activation"))
  }
}

/// Widens, filters, weighs the channels, narrows; the input is added where the shapes agree.
private struct EfficientBlock: Layer {
  var network: EfficientNet
  var stage: EfficientNet.Stage
  var stride: Int
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    guard let (_, inputChannels) = scope.image(input) else { return input }
    let layers = stage.isFused ? fused(inputChannels) : separable(inputChannels)
    let x = Sequential(layers)(input, in: scope / "block")
    guard stride == 1, inputChannels == stage.filters else { return x }
    let sum = input + x
    scope.offer(sum, as: "\(alias)_add")
    return sum
  }

  private func fused(_ inputChannels: Int) -> [any Layer] {
    let filters = stage.expansion == 1 ? stage.filters : inputChannels * stage.expansion
    let spatial = Convolution2D.unbiased(
      filters, kernel: stage.kernel, stride: stride, padding: network.padding)
    guard stage.expansion != 1 else { return [network.unit(spatial, .silu, "\(alias)_project")] }
    return [
      network.unit(spatial, .silu, "\(alias)_expand"),
      network.unit(.unbiased(stage.filters, kernel: 1), nil, "\(alias)_project"),
    ]
  }

  private func separable(_ inputChannels: Int) -> [any Layer] {
    let hidden = inputChannels * stage.expansion
    var layers: [any Layer] = []
    if stage.expansion != 1 {
      layers.append(network.unit(.unbiased(hidden, kernel: 1), .silu, "\(alias)_expand"))
    }
    let depthwise = Convolution2D.unbiased(
      hidden, kernel: stage.kernel, stride: stride, padding: network.padding, groups: hidden)
    // Keras counts the convolutions of the second generation's blocks.
    let isSecondGeneration = network.stages[0].isFused
    layers += [
      network.unit(
        depthwise, .silu, alias,
        convolutionAlias: "\(alias)_dwconv\(isSecondGeneration ? "2" : "")"),
      SqueezeExcitation(
        max(1, inputChannels / 4), activation: .silu,
        aliases: ("\(alias)_se_reduce", "\(alias)_se_expand"), aliasesIncludeActivations: true),
      network.unit(.unbiased(stage.filters, kernel: 1), nil, "\(alias)_project"),
    ]
    return layers
  }
}

extension EfficientNet {
  /// A network of the first generation: B0 with its channels and blocks multiplied.
  public static func scaled(
    width: Float, depth: Float, dropRate: Float, epsilon: Float = 1e-5, momentum: Float = 0.9
  ) -> EfficientNet {
    let stages: [Stage] = [
      .init(1, 3, 1, 16, 1), .init(6, 3, 2, 24, 2), .init(6, 5, 2, 40, 2), .init(6, 3, 2, 80, 3),
      .init(6, 5, 1, 112, 3), .init(6, 5, 2, 192, 4), .init(6, 3, 1, 320, 1),
    ]
    return EfficientNet(
      stem: Channels.scaled(32, by: width),
      stages: stages.map { stage in
        var stage = stage
        stage.filters = Channels.scaled(stage.filters, by: width)
        stage.count = Int((Float(stage.count) * depth).rounded(.up))
        return stage
      },
      head: 4 * Channels.scaled(320, by: width), epsilon: epsilon, momentum: momentum,
      dropRate: dropRate)
  }
}
