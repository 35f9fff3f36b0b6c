import GraftWeights

/// A block of a mobile network under timm's names, to be found under torchvision's.
struct TimmBlock {
  /// What the block is made of, in order.
  enum Kind {
    /// One convolution.
    case plain
    /// A depthwise convolution and one of a pixel.
    case separable
    /// One of a pixel that widens, a depthwise one, one of a pixel that narrows.
    case inverted
    /// A full convolution that widens, one of a pixel that narrows.
    case fused

    /// timm's names of the convolutions; their normalizations are `bn1`, `bn2`, ...
    fileprivate var convolutions: [String] {
      switch self {
      case .plain: ["conv"]
      case .separable: ["conv_dw", "conv_pw"]
      case .inverted: ["conv_pw", "conv_dw", "conv_pwl"]
      case .fused: ["conv_exp", "conv_pwl"]
      }
    }
  }

  var kind: Kind
  /// Whether the channels are weighed after the depthwise convolution.
  var hasGate = false

  /// - Parameters:
  ///   - source: timm's name of the block: `blocks.0.0`.
  ///   - target: What holds its units here: `features.1.block`.
  ///   - nestsLast: Whether the last convolution and its normalization share a unit as the others do.
  fileprivate func rules(from source: String, to target: String, nestsLast: Bool) -> [NameRule] {
    var rules: [NameRule] = []
    var unit = 0
    let names = kind.convolutions
    for (index, name) in names.enumerated() {
      let isNested = nestsLast || index < names.count - 1
      let places = isNested ? ("\(unit).0", "\(unit).1") : ("\(unit)", "\(unit + 1)")
      rules.append(.prefix("\(source).\(name).", by: "\(target).\(places.0)."))
      rules.append(.prefix("\(source).bn\(index + 1).", by: "\(target).\(places.1)."))
      unit += 1
      if hasGate, name == "conv_dw" {
        rules.append(.prefix("\(source).se.conv_reduce.", by: "\(target).\(unit).fc1."))
        rules.append(.prefix("\(source).se.conv_expand.", by: "\(target).\(unit).fc2."))
        unit += 1
      }
    }
    return rules
  }
}

extension WeightMap {
  /// The children with parameters of timm's networks that have other ones than torchvision's, without
  /// their classifiers.
  static let childrenInTimm = [
    ["conv_stem", "bn1", "blocks", "conv_head", "bn2"], ["stem", "stages"],
  ]

  /// timm's names of a mobile network whose units torchvision numbers.
  ///
  /// - Parameters:
  ///   - stages: The blocks of each of timm's stages.
  ///   - target: What holds the units of the block at a position of a stage.
  ///   - nestsLast: Whether the last convolution of a block is a unit like the others.
  ///   - ends: timm's names of the layers around the blocks, and those here.
  static func timm(
    _ stages: [[TimmBlock]], ends: [(String, String)], nestsLast: Bool = true,
    target: (_ stage: Int, _ block: Int) -> String
  ) -> WeightMap {
    var map = WeightMap.torch
    for (stage, blocks) in stages.enumerated() {
      for (index, block) in blocks.enumerated() {
        map.rules += block.rules(
          from: "blocks.\(stage).\(index)", to: target(stage, index), nestsLast: nestsLast)
      }
    }
    map.rules += ends.map { .prefix("\($0.0).", by: "\($0.1).") }
    return map
  }
}
