import GraftData
import GraftLayers

/// Deep residual networks (He et al. 2015), wide ones (Zagoruyko and Komodakis 2016) and ones with
/// grouped convolutions (Xie et al. 2017), by torchvision's names.
public struct ResNet: BackboneArchitecture {
  /// What a residual is computed by.
  public enum Block: Hashable, Sendable {
    /// Two 3 × 3 convolutions.
    case basic
    /// A 3 × 3 convolution between two of one pixel that narrow and widen.
    case bottleneck

    /// How many times the stage's width its result is wide.
    var expansion: Int { self == .basic ? 1 : 4 }
  }

  public var block: Block
  /// The number of blocks of each stage.
  public var depths: [Int]
  /// The channels of the first stage before expansion; each further stage has twice as many.
  public var width: Int
  /// The groups of the 3 × 3 convolutions.
  public var groups: Int
  /// How many times the usual width the 3 × 3 convolutions are wide.
  public var innerWidth: Int
  /// Whether convolutions have biases and the first of a block takes the strides, as in Keras.
  public var followsKeras: Bool

  /// A network of stages of `depths` blocks, the first one `width` channels wide before expansion.
  public init(
    _ block: Block, depths: [Int], width: Int = 64, groups: Int = 1, innerWidth: Int = 1,
    followsKeras: Bool = false
  ) {
    (self.block, self.depths, self.width) = (block, depths, width)
    (self.groups, self.innerWidth, self.followsKeras) = (groups, innerWidth, followsKeras)
  }

  fileprivate var normalization: BatchNormalization {
    followsKeras ? BatchNormalization(epsilon: 1.001e-5, momentum: 0.99) : BatchNormalization()
  }

  fileprivate func convolution(
    _ filters: Int, kernel: Int, stride: Int = 1, groups: Int = 1
  ) -> Convolution2D {
    Convolution2D(
      filters, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: .centered,
      groups: groups, hasBias: followsKeras, initializer: .heNormal)
  }

  public var stageNames: [String] { ["relu"] + depths.indices.map { "layer\($0 + 1)" } }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = convolution(width, kernel: 7, stride: 2)
    var x = stem(input, in: scope / "conv1", as: "conv1_conv")
    x = normalization(x, in: scope / "bn1", as: "conv1_bn")
    x = ActivationLayer(.relu)(x, in: scope / "relu", as: "conv1_relu")
    let pooling = MaxPooling2D(3, strides: 2, padding: .symmetric(1))
    x = pooling(x, in: scope / "maxpool", as: "pool1_pool")
    for (stage, depth) in depths.enumerated() {
      let blocks = (0..<depth).map { index in
        ResidualBlock(
          network: self, width: width << stage, stride: stage > 0 && index == 0 ? 2 : 1,
          hasShortcut: index == 0 && (stage > 0 || block == .bottleneck),
          alias: "conv\(stage + 2)_block\(index + 1)")
      }
      x = Sequential(blocks)(x, in: scope / "layer\(stage + 1)")
    }
    return x
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "avgpool", as: "avg_pool")
    x = options.dropout()(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "fc", as: "predictions")
  }
}

/// One block of a ``ResNet``: relu(input + residual).
private struct ResidualBlock: Layer {
  var network: ResNet
  var width: Int
  var stride: Int
  /// Whether the input is projected to the result's shape.
  var hasShortcut: Bool
  /// What the names of Keras's layers in the block begin with.
  var alias: String

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    let filters = width * network.block.expansion
    let convolutions: [Convolution2D]
    switch network.block {
    case .basic:
      convolutions = [
        network.convolution(width, kernel: 3, stride: stride),
        network.convolution(filters, kernel: 3),
      ]
    case .bottleneck:
      let inner = width * network.innerWidth
      let (first, second) = network.followsKeras ? (stride, 1) : (1, stride)
      convolutions = [
        network.convolution(inner, kernel: 1, stride: first),
        network.convolution(inner, kernel: 3, stride: second, groups: network.groups),
        network.convolution(filters, kernel: 1),
      ]
    }
    var x = input
    for (number, convolution) in zip(1..., convolutions) {
      let name = "\(alias)_\(number)"
      x = convolution(x, in: scope / "conv\(number)", as: "\(name)_conv")
      x = network.normalization(x, in: scope / "bn\(number)", as: "\(name)_bn")
      guard number < convolutions.count else { break }
      x = x.activated(.relu)
      scope.offer(x, as: "\(name)_relu")
    }
    if hasShortcut {
      let projection = Sequential {
        network.convolution(filters, kernel: 1, stride: stride).aliased("\(alias)_0_conv")
        network.normalization.aliased("\(alias)_0_bn")
      }
      x = x + projection(input, in: scope / "downsample")
    } else {
      x = x + input
    }
    scope.offer(x, as: "\(alias)_add")
    return ActivationLayer(.relu)(x, in: scope / "relu", as: "\(alias)_out")
  }
}

extension Backbone {
  /// ResNet-18; 11,689,512 parameters with its classifier.
  public static let resNet18 = resNet(18, ResNet(.basic, depths: [2, 2, 2, 2]))
  /// ResNet-34; 21,797,672 parameters with its classifier.
  public static let resNet34 = resNet(34, ResNet(.basic, depths: [3, 4, 6, 3]))
  /// ResNet-50; 25,557,032 parameters with its classifier.
  public static let resNet50 = resNet(50, ResNet(.bottleneck, depths: [3, 4, 6, 3]))
  /// ResNet-101; 44,549,160 parameters with its classifier.
  public static let resNet101 = resNet(101, ResNet(.bottleneck, depths: [3, 4, 23, 3]))
  /// ResNet-152; 60,192,808 parameters with its classifier.
  public static let resNet152 = resNet(152, ResNet(.bottleneck, depths: [3, 8, 36, 3]))
  /// ResNet-50 with inner convolutions twice as wide; 68,883,240 parameters with its classifier.
  public static let wideResNet50 = Backbone(
    Recipe(name: "wide-resnet50-2", title: "Wide ResNet-50-2", classifier: ["fc"]),
    Variant(.torchvision, ResNet(.bottleneck, depths: [3, 4, 6, 3], innerWidth: 2)))
  /// ResNeXt-50 32x4d; 25,028,904 parameters with its classifier.
  public static let resNeXt50 = Backbone(
    Recipe(name: "resnext50-32x4d", title: "ResNeXt-50 32x4d", classifier: ["fc"]),
    Variant(
      .torchvision, ResNet(.bottleneck, depths: [3, 4, 6, 3], groups: 32, innerWidth: 2)))

  private static func resNet(_ depth: Int, _ network: ResNet) -> Backbone {
    var keras = network
    keras.followsKeras = true
    return Backbone(
      Recipe(name: "resnet\(depth)", title: "ResNet-\(depth)", classifier: ["fc"]),
      Variant(.torchvision, network),
      Variant(.keras, keras, preprocessing: .caffe(size: 224)))
  }
}
