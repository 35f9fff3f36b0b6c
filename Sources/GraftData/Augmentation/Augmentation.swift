import GraftImageKernels

/// Random changes to training pictures, each with the parameters of the library it is known from.
///
/// What happens to a picture depends on the seed, the epoch and the picture's index alone. Steps, in
/// order: random resized crop (in place of the resize rule), affine transform, colour jitter, flips.
public struct Augmentation: Hashable, Codable, Sendable {
  /// A part of the picture, resized, in place of the resize rule; `nil` leaves that.
  public var randomResizedCrop: RandomResizedCrop?
  /// Rotation, shift, shear and zoom; `nil` for none.
  public var affine: RandomAffine?
  /// Changes of brightness, contrast, saturation and hue; `nil` for none.
  public var colorJitter: ColorJitter?
  /// The probability of swapping left and right.
  public var horizontalFlip: Double
  /// The probability of swapping top and bottom.
  public var verticalFlip: Double

  /// Changes what is given, and nothing else.
  ///
  /// - Parameters:
  ///   - horizontalFlip: The probability of swapping left and right, 0 to 1.
  ///   - verticalFlip: The probability of swapping top and bottom, 0 to 1.
  public init(
    randomResizedCrop: RandomResizedCrop? = nil, affine: RandomAffine? = nil,
    colorJitter: ColorJitter? = nil, horizontalFlip: Double = 0, verticalFlip: Double = 0
  ) {
    self.randomResizedCrop = randomResizedCrop
    self.affine = affine
    self.colorJitter = colorJitter
    self.horizontalFlip = horizontalFlip
    self.verticalFlip = verticalFlip
  }

  /// torchvision's usual training transform: random resized crop and horizontal flip.
  public static let standard = Augmentation(
    randomResizedCrop: RandomResizedCrop(), horizontalFlip: 0.5)

  /// Horizontal flips only.
  public static let flip = Augmentation(horizontalFlip: 0.5)

  /// - Throws: `AugmentationError` naming the value, what was expected and what was found.
  public func validate() throws {
    try randomResizedCrop?.validate()
    try affine?.validate()
    try colorJitter?.validate()
    for (name, value) in [("horizontalFlip", horizontalFlip), ("verticalFlip", verticalFlip)] {
      try AugmentationError.check((0...1).contains(value), name, "0 to 1", value)
    }
  }

  /// Changes a picture of its final size.
  ///
  /// - Parameter scratch: memory that the result may lie in.
  /// - Returns: `pixels`, changed in place, or a view of `scratch`.
  func apply(
    to pixels: GraftPixelView, scratch: PixelBuffer, using random: inout SeededGenerator
  ) throws -> GraftPixelView {
    var current = pixels
    var spare: GraftPixelView?
    func other() throws -> GraftPixelView {
      if let spare { return spare }
      return try scratch.view(pixels.size)
    }
    if let matrix = affine?.matrix(for: pixels.size, using: &random) {
      let result = try other()
      affine?.transform(current, by: matrix, into: result)
      (current, spare) = (result, current)
    }
    colorJitter?.apply(to: current, using: &random)
    if let flip = orientationOfFlips(using: &random) {
      let result = try other()
      graft_turn_upright(current, result, Int32(flip.rawValue))
      current = result
    }
    return current
  }

  private func orientationOfFlips(using random: inout SeededGenerator) -> Orientation? {
    let horizontal = horizontalFlip > 0 && random.nextBool(probability: horizontalFlip)
    let vertical = verticalFlip > 0 && random.nextBool(probability: verticalFlip)
    return switch (horizontal, vertical) {
    case (true, true): .halfTurn
    case (true, false): .mirrored
    case (false, true): .flipped
    case (false, false): nil
    }
  }
}

/// A parameter of an augmentation that makes no sense.
public struct AugmentationError: Error, Equatable, CustomStringConvertible {
  /// The name of the value.
  public var parameter: String
  public var expected: String
  public var found: String

  public var description: String {
    "augmentation: \(parameter) must be \(expected), found \(found)"
  }

  static func check(
    _ isRight: Bool, _ parameter: String, _ expected: String, _ found: Any
  ) throws {
    guard !isRight else { return }
    throw AugmentationError(parameter: parameter, expected: expected, found: "\(found)")
  }
}
