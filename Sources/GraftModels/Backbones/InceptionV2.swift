import GraftData
import GraftLayers

/// The second Inception network, BN-Inception (Ioffe and Szegedy 2015), as its Caffe model has it and
/// by the names of that model's port to PyTorch (`bninception` of the package `pretrainedmodels`).
public struct InceptionV2: BackboneArchitecture {
  /// Divides the channels of every layer.
  public var divisor: Int

  /// The network with its channels divided, 1 for the published one.
  public init(divisor: Int = 1) { self.divisor = divisor }

  public var stageNames: [String] {
    ["conv1_relu_7x7", "conv2_relu_3x3"] + ["3b", "4d", "5b"].map { "inception_\($0)_output" }
  }

  public func features(_ input: Symbol, in scope: Scope) -> Symbol {
    let pooling = MaxPooling2D(3, strides: 2, roundsUp: true)
    func unit(_ name: String, _ filters: Int, kernel: Int, stride: Int = 1, _ x: Symbol) -> Symbol {
      let unit = CaffeUnit(filters: filters / divisor, kernel: kernel, stride: stride, name: name)
      return unit(x, in: scope)
    }
    var x = unit("conv1_7x7_s2", 64, kernel: 7, stride: 2, input)
    x = pooling(x, in: scope / "pool1_3x3_s2")
    x = unit("conv2_3x3_reduce", 64, kernel: 1, x)
    x = unit("conv2_3x3", 192, kernel: 3, x)
    x = pooling(x, in: scope / "pool2_3x3_s2")
    for block in Block.all { x = block.trace(x, divisor: divisor, in: scope) }
    return x
  }

  public func classifier(
    _ features: Symbol, _ options: ClassifierOptions, in scope: Scope
  ) -> Symbol {
    var x = GlobalAveragePooling()(features, in: scope / "global_pool")
    x = options.dropout()(x, in: scope / "dropout")
    return Dense(options.classCount)(x, in: scope / "last_linear")
  }
}

/// A convolution, its normalization and ReLU, side by side in one scope: `NAME`, `NAME_bn` and the
/// name with `relu` before its last part.
private struct CaffeUnit {
  var filters: Int
  var kernel: Int
  var stride: Int
  var name: String
  /// What the names of the three begin with, the block of an Inception network.
  var prefix = ""

  func callAsFunction(_ input: Symbol, in scope: Scope) -> Symbol {
    let convolution = Convolution2D(
      filters, kernel: Extent2D(kernel), strides: Extent2D(stride), padding: .centered,
      initializer: .heNormal)
    var x = convolution(input, in: scope / (prefix + name))
    x = BatchNormalization()(x, in: scope / "\(prefix)\(name)_bn")
    return ActivationLayer(.relu)(x, in: scope / activationName)
  }

  /// `conv2_relu_3x3`, `inception_3a_relu_1x1`.
  private var activationName: String {
    guard prefix.isEmpty else { return "\(prefix)relu_\(name)" }
    let parts = name.split(separator: "_").prefix { $0 != "s2" }
    return "\(parts[0])_relu_\(parts.dropFirst().joined(separator: "_"))"
  }
}

/// Up to four branches side by side; in a block that halves the size, a pooling takes the last one's
/// place.
private struct Block {
  var name: String
  /// The channels of the branches: of one pixel, 3 × 3, two of 3 × 3 and of the one after the
  /// pooling; of a chain, those of each convolution.
  var single: Int?
  var spatial: [Int]
  var doubled: [Int]
  var pooled: Int?
  var poolsMaximum = false

  private var stride: Int { pooled == nil ? 2 : 1 }

  func trace(_ input: Symbol, divisor: Int, in scope: Scope) -> Symbol {
    func unit(_ name: String, _ filters: Int, _ kernel: Int, _ x: Symbol, stride: Int = 1) -> Symbol
    {
      let unit = CaffeUnit(
        filters: filters / divisor, kernel: kernel, stride: stride, name: name,
        prefix: "\(self.name)_")
      return unit(x, in: scope)
    }
    var branches: [Symbol] = []
    if let single { branches.append(unit("1x1", single, 1, input)) }
    let narrow = unit("3x3_reduce", spatial[0], 1, input)
    branches.append(unit("3x3", spatial[1], 3, narrow, stride: stride))
    var x = unit("double_3x3_reduce", doubled[0], 1, input)
    x = unit("double_3x3_1", doubled[1], 3, x)
    branches.append(unit("double_3x3_2", doubled[2], 3, x, stride: stride))
    x = pooling(input, in: scope / "\(name)_pool")
    branches.append(pooled.map { unit("pool_proj", $0, 1, x) } ?? x)
    let output = Symbol.concatenated(branches)
    scope.offer(output, as: "\(name)_output")
    return output
  }

  private func pooling(_ x: Symbol, in scope: Scope) -> Symbol {
    guard pooled != nil else { return MaxPooling2D(3, strides: 2, roundsUp: true)(x, in: scope) }
    return poolsMaximum
      ? MaxPooling2D(3, strides: 1, padding: .symmetric(1), roundsUp: true)(x, in: scope)
      : AveragePooling2D(
        3, strides: 1, padding: .symmetric(1), countsPadding: true, roundsUp: true)(
          x, in: scope)
  }

  private init(
    _ name: String, _ single: Int?, _ spatial: [Int], _ doubled: [Int], _ pooled: Int?,
    poolsMaximum: Bool = false
  ) {
    (self.name, self.single, self.spatial) = ("inception_\(name)", single, spatial)
    (self.doubled, self.pooled, self.poolsMaximum) = (doubled, pooled, poolsMaximum)
  }

  static let all = [
    Block("3a", 64, [64, 64], [64, 96, 96], 32), Block("3b", 64, [64, 96], [64, 96, 96], 64),
    Block("3c", nil, [128, 160], [64, 96, 96], nil),
    Block("4a", 224, [64, 96], [96, 128, 128], 128),
    Block("4b", 192, [96, 128], [96, 128, 128], 128),
    Block("4c", 160, [128, 160], [128, 160, 160], 128),
    Block("4d", 96, [128, 192], [160, 192, 192], 128),
    Block("4e", nil, [128, 192], [192, 256, 256], nil),
    Block("5a", 352, [192, 320], [160, 224, 224], 128),
    Block("5b", 352, [192, 320], [192, 224, 224], 128, poolsMaximum: true),
  ]
}

extension Backbone {
  /// Inception V2 (BN-Inception); 11,295,240 parameters with its classifier.
  public static let inceptionV2 = Backbone(
    Recipe(
      name: "inceptionv2", title: "Inception V2 (BN-Inception)", classifier: ["last_linear"]),
    Variant(.caffe, InceptionV2(), preprocessing: .caffe(size: 224, mean: [104, 117, 128])))
}
