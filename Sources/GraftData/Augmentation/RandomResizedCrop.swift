import Foundation

/// A part of random size, shape and place, scaled to the model's size (torchvision's
/// `RandomResizedCrop`, after Szegedy et al. 2014).
public struct RandomResizedCrop: Hashable, Codable, Sendable {
  /// The part's share of the picture's area.
  public var scale: ClosedRange<Double>
  /// The part's width divided by its height, drawn evenly on a logarithmic scale.
  public var ratio: ClosedRange<Double>

  /// By default torchvision's ranges.
  ///
  /// - Parameters:
  ///   - scale: The part's share of the picture's area, above 0 and up to 1.
  ///   - ratio: The part's width divided by its height.
  public init(
    scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = (3.0 / 4)...(4.0 / 3)
  ) {
    self.scale = scale
    self.ratio = ratio
  }

  func validate() throws {
    try AugmentationError.check(
      scale.lowerBound > 0 && scale.upperBound <= 1, "randomResizedCrop.scale",
      "within 0 (not included) to 1", scale)
    try AugmentationError.check(
      ratio.lowerBound > 0 && ratio.upperBound.isFinite, "randomResizedCrop.ratio",
      "greater than 0 and finite", ratio)
  }

  /// Ten tries, then the largest centred part of an allowed shape.
  func rectangle(
    in size: ImageSize, using random: inout SeededGenerator
  ) -> PixelRectangle {
    let area = Double(size.width) * Double(size.height)
    let logarithms = log(ratio.lowerBound)...log(ratio.upperBound)
    for _ in 0..<10 {
      let target = area * random.nextDouble(in: scale)
      let shape = exp(random.nextDouble(in: logarithms))
      let width = Self.rounded((target * shape).squareRoot())
      let height = Self.rounded((target / shape).squareRoot())
      if (1...size.width).contains(width), (1...size.height).contains(height) {
        let y = random.nextInt(below: size.height - height + 1)
        let x = random.nextInt(below: size.width - width + 1)
        return PixelRectangle(x: x, y: y, width: width, height: height)
      }
    }
    return fallback(in: size)
  }

  /// The centred part that torchvision takes where no try fits.
  func fallback(in size: ImageSize) -> PixelRectangle {
    let shape = Double(size.width) / Double(size.height)
    var part = size
    if shape < ratio.lowerBound {
      part.height = max(1, Self.rounded(Double(size.width) / ratio.lowerBound))
    } else if shape > ratio.upperBound {
      part.width = max(1, Self.rounded(Double(size.height) * ratio.upperBound))
    }
    return PixelRectangle(
      x: (size.width - part.width) / 2, y: (size.height - part.height) / 2, width: part.width,
      height: part.height)
  }

  /// Halves go to the even neighbour, as in Python.
  private static func rounded(_ value: Double) -> Int {
    Int(value.rounded(.toNearestOrEven))
  }
}
