import GraftLayers

/// Deep residual networks (He et al. 2015), with torchvision's names and strides.
public struct ResNet: BackboneArchitecture {
  /// What a residual is computed by.
  public enum Block: Hashable, Sendable {
    /// Two 3 × 3 convolutions.
    case basic
    /// A 3 × 3 convolution between two of one pixel that narrow and widen.
    case bottleneck

    /// How many times the block's width its result is wide.
    var expansion: Int { self == .basic ? 1 : 4 }
  }

  public var block: Block
  /// The number of blocks of each stage.
  public var depths: [Int]
  /// The channels of the first stage before expansion; each further stage has twice as many.
  public var width = 64

  public init(_ block: Block, depths: [Int], width: Int = 64) {
    (self.block, self.depths, self.width) = (block, depths, width)
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = Convolution2D(
      width, kernel: 7, strides: 2, padding: .symmetric(3), hasBias: false, initializer: .heNormal)
    var x = stem(input, in: scope / "conv1", as: "conv1_conv")
    x = BatchNormalization()(x, in: scope / "bn1", as: "conv1_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu", as: "conv1_relu")
    let pooling = MaxPooling2D(3, strides: 2, padding: .symmetric(1))
    x = pooling(x, in: scope / "maxpool", as: "pool1_pool")
    for (stage, depth) in depths.enumerated() {
      let blocks = (0..<depth).map { index in
        ResidualBlock(
          kind: block, width: width << stage, stride: stage > 0 && index == 0 ? 2 : 1,
          hasShortcut: index == 0 && (stage > 0 || block == .bottleneck),
          alias: "conv\(stage + 2)_block\(index + 1)")
      }
      x = Sequential(blocks)(x, in: scope / "layer\(stage + 1)")
    }
    return x
  }

  public func classifier(_ features: Symbol, classCount: Int, in scope: Scope) -> Symbol {
    let pooled = GlobalAveragePooling()(features, in: scope / "avgpool", as: "avg_pool")
    return Dense(classCount)(pooled, in: scope / "fc", as: "predictions")
  }
}

/// One block of a ``ResNet``: relu(input + residual).
private struct ResidualBlock: Layer {
  var kind: ResNet.Block
  var width: Int
  var stride: Int
  /// Whether the input is projected to the result's shape.
  var hasShortcut: Bool
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    var x = input
    let filters = width * kind.expansion
    switch kind {
    case .basic:
      x = unit(1, width, kernel: 3, stride: stride, x, in: scope)
      x = unit(2, filters, kernel: 3, x, in: scope)
    case .bottleneck:
      x = unit(1, width, kernel: 1, x, in: scope)
      x = unit(2, width, kernel: 3, stride: stride, x, in: scope)
      x = unit(3, filters, kernel: 1, x, in: scope)
    }
    x = x + (hasShortcut ? shortcut(input, filters, in: scope / "downsample") : input)
    scope.offer(x, as: "\(alias)_add")
    return ActivationLayer(.relu)(x, in: scope / "relu", as: "\(alias)_out")
  }

  /// A convolution, its normalization and, but for the block's last, an activation.
  private func unit(
    _ number: Int, _ filters: Int, kernel: Int, stride: Int = 1, _ input: Symbol, in scope: Scope
  ) -> Symbol {
    let convolution = Convolution2D(
      filters, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: .centered,
      hasBias: false, initializer: .heNormal)
    let name = "\(alias)_\(number)"
    var x = convolution(input, in: scope / "conv\(number)", as: "\(name)_conv")
    x = BatchNormalization()(x, in: scope / "bn\(number)", as: "\(name)_bn")
    guard number < (kind == .basic ? 2 : 3) else { return x }
    x = x.activated(.relu)
    scope.offer(x, as: "\(name)_relu")
    return x
  }

  private func shortcut(_ input: Symbol, _ filters: Int, in scope: Scope) -> Symbol {
    let projection = Convolution2D(
      filters, kernel: 1, strides: Extent2D(stride), hasBias: false, initializer: .heNormal)
    let x = projection(input, in: scope / 0, as: "\(alias)_0_conv")
    return BatchNormalization()(x, in: scope / 1, as: "\(alias)_0_bn")
  }
}

extension Backbone {
  /// ResNet-18 by torchvision's names; 11,689,512 parameters with its classifier.
  public static let resNet18 = resNet("resnet18", "ResNet-18", .basic, [2, 2, 2, 2])
  /// ResNet-50 by torchvision's names; 25,557,032 parameters with its classifier.
  public static let resNet50 = resNet("resnet50", "ResNet-50", .bottleneck, [3, 4, 6, 3])

  private static func resNet(
    _ name: String, _ title: String, _ block: ResNet.Block, _ depths: [Int]
  ) -> Backbone {
    Backbone(
      Recipe(name: name, title: title, classifier: ["fc"]), ResNet(block, depths: depths))
  }
}
