import GraftImageKernels

/// Random brightness, contrast, saturation and hue in random order (torchvision's `ColorJitter` on
/// Pillow's pictures).
public struct ColorJitter: Hashable, Codable, Sendable {
  /// Factors are drawn from `max(0, 1 - brightness)` to `1 + brightness`.
  public var brightness: Double
  /// Factors are drawn from `max(0, 1 - contrast)` to `1 + contrast`.
  public var contrast: Double
  /// Factors are drawn from `max(0, 1 - saturation)` to `1 + saturation`.
  public var saturation: Double
  /// Shares of the colour circle are drawn from `-hue` to `hue`, at most a half.
  public var hue: Double

  /// How far colours may move; 0 leaves a property as it is.
  ///
  /// - Parameters:
  ///   - brightness: From 0 on.
  ///   - contrast: From 0 on.
  ///   - saturation: From 0 on.
  ///   - hue: A share of the colour circle, at most a half.
  public init(
    brightness: Double = 0, contrast: Double = 0, saturation: Double = 0, hue: Double = 0
  ) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  func validate() throws {
    for (name, value) in [
      ("brightness", brightness), ("contrast", contrast), ("saturation", saturation),
    ] {
      try AugmentationError.check(
        value >= 0 && value.isFinite, "colorJitter.\(name)", "0 or greater and finite", value)
    }
    try AugmentationError.check(
      (0...0.5).contains(hue), "colorJitter.hue", "0 to 0.5", hue)
  }

  /// One of the four changes with what was drawn for it.
  package enum Change: Equatable {
    case brightness(Double)
    case contrast(Double)
    case saturation(Double)
    case hue(Double)
  }

  /// Draws the changes for one picture, in the order in which they are made.
  func changes(using random: inout SeededGenerator) -> [Change] {
    func factor(_ spread: Double) -> Double {
      random.nextDouble(in: max(0, 1 - spread)...(1 + spread))
    }
    var changes: [Change] = []
    if brightness > 0 { changes.append(.brightness(factor(brightness))) }
    if contrast > 0 { changes.append(.contrast(factor(contrast))) }
    if saturation > 0 { changes.append(.saturation(factor(saturation))) }
    if hue > 0 { changes.append(.hue(random.nextDouble(in: -hue...hue))) }
    random.shuffle(&changes)
    return changes
  }

  func apply(to pixels: GraftPixelView, using random: inout SeededGenerator) {
    for change in changes(using: &random) { change.apply(to: pixels) }
  }
}

extension ColorJitter.Change {
  func apply(to pixels: GraftPixelView) {
    switch self {
    case .brightness(let factor):
      graft_blend_with_level(pixels, 0, Float(factor))
    case .contrast(let factor):
      let count = Double(pixels.width) * Double(pixels.height)
      let mean = Double(graft_sum_luma(pixels)) / count
      graft_blend_with_level(pixels, UInt8(mean + 0.5), Float(factor))
    case .saturation(let factor):
      graft_blend_with_luma(pixels, Float(factor))
    case .hue(let share):
      graft_shift_hue(pixels, UInt8(truncatingIfNeeded: Int(share * 255)))
    }
  }
}
