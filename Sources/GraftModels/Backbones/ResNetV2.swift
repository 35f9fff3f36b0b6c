import GraftLayers

/// Residual networks that normalize before they convolve (He et al. 2016), as Keras has them and by
/// Keras's names.
public struct ResNetV2: BackboneArchitecture {
  /// The number of blocks of each stage.
  public var depths: [Int]
  /// The channels of the first stage before expansion; each further stage has twice as many.
  public var width: Int

  /// A network of stages of `depths` blocks, the first one `width` channels wide before expansion.
  public init(depths: [Int], width: Int = 64) { (self.depths, self.width) = (depths, width) }

  fileprivate static let normalization = BatchNormalization(epsilon: 1.001e-5, momentum: 0.99)

  // The last block of a stage halves the size.
  public var stageNames: [String] {
    let halved = depths.dropLast().enumerated().map { "conv\($0 + 2)_block\($1 - 1)_out" }
    return ["conv1_conv"] + halved + ["post_relu"]
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let stem = Convolution2D(
      width, kernel: 7, strides: 2, padding: .symmetric(3), initializer: .heNormal)
    var x = stem(input, in: scope / "conv1_conv")
    // The zeros count here: there is no activation before the pooling.
    x = ZeroPadding2D(1)(x, in: scope / "pool1_pad")
    x = MaxPooling2D(3, strides: 2)(x, in: scope / "pool1_pool")
    for (stage, depth) in depths.enumerated() {
      for index in 1...depth {
        let block = PreactivatedBlock(
          width: width << stage, stride: index == depth && stage < depths.count - 1 ? 2 : 1,
          hasShortcut: index == 1)
        x = block(x, in: scope / "conv\(stage + 2)_block\(index)")
      }
    }
    x = Self.normalization(x, in: scope / "post_bn")
    return ActivationLayer(.relu)(x, in: scope / "post_relu")
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "avg_pool")
    x = options.dropout()(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "predictions")
  }
}

/// One block of a ``ResNetV2``: input + residual.
private struct PreactivatedBlock: Layer {
  var width: Int
  var stride: Int
  /// Whether the input is projected to the result's shape.
  var hasShortcut: Bool

  func trace(_ input: Symbol, in scope: Scope) -> Symbol {
    func convolution(_ filters: Int, kernel: Int, stride: Int = 1, hasBias: Bool) -> Convolution2D {
      Convolution2D(
        filters, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: .centered,
        hasBias: hasBias, initializer: .heNormal)
    }
    func normalized(_ x: Symbol, _ name: String) -> Symbol {
      let x = ResNetV2.normalization(x, in: scope.joined("_\(name)_bn"))
      return ActivationLayer(.relu)(x, in: scope.joined("_\(name)_relu"))
    }
    let active = normalized(input, "preact")
    var shortcut = input
    if hasShortcut {
      let projection = convolution(4 * width, kernel: 1, stride: stride, hasBias: true)
      shortcut = projection(active, in: scope.joined("_0_conv"))
    } else if stride > 1 {
      shortcut = MaxPooling2D(1, strides: Extent2D(stride))(input, in: scope.joined("_0_pool"))
    }
    var x = convolution(width, kernel: 1, hasBias: false)(active, in: scope.joined("_1_conv"))
    x = normalized(x, "1")
    let spatial = convolution(width, kernel: 3, stride: stride, hasBias: false)
    x = spatial(x, in: scope.joined("_2_conv"))
    x = normalized(x, "2")
    x = convolution(4 * width, kernel: 1, hasBias: true)(x, in: scope.joined("_3_conv"))
    x = shortcut + x
    scope.offer(x, as: "\(scope.path)_out")
    return x
  }
}

extension Backbone {
  /// ResNet-50 V2; 25,568,360 parameters with its classifier.
  public static let resNet50V2 = resNetV2(50, [3, 4, 6, 3])
  /// ResNet-101 V2; 44,577,896 parameters with its classifier.
  public static let resNet101V2 = resNetV2(101, [3, 4, 23, 3])
  /// ResNet-152 V2; 60,236,904 parameters with its classifier.
  public static let resNet152V2 = resNetV2(152, [3, 8, 36, 3])

  private static func resNetV2(_ depth: Int, _ depths: [Int]) -> Backbone {
    Backbone(
      Recipe(
        name: "resnet\(depth)v2", title: "ResNet-\(depth) V2", classifier: ["predictions"]),
      Variant(.keras, ResNetV2(depths: depths)))
  }
}
