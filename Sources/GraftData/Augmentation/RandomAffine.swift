import Foundation
import GraftImageKernels

/// Rotation, shift, shear and zoom around the centre, drawn evenly and interpolated linearly (the
/// parameters of Keras's `ImageDataGenerator`).
public struct RandomAffine: Hashable, Codable, Sendable {
  /// The greatest angle in degrees, either way.
  public var rotation: Double
  /// The greatest shift as a share of the width, either way.
  public var widthShift: Double
  /// The greatest shift as a share of the height, either way.
  public var heightShift: Double
  /// The greatest shear in degrees, either way.
  public var shear: Double
  /// The zoom of each axis, drawn on its own: below 1 enlarges, above 1 shrinks.
  public var zoom: ClosedRange<Double>
  /// What fills the part that the picture leaves free.
  public var border: Border

  /// What fills the part that the picture leaves free.
  public enum Border: Hashable, Codable, Sendable {
    /// The nearest pixel of the picture.
    case nearest
    /// The picture mirrored at its edge, which is repeated.
    case reflect
    /// One colour.
    case constant(color: Color)
  }

  /// How far pictures may move; without arguments not at all.
  ///
  /// - Parameters:
  ///   - rotation: The greatest angle in degrees.
  ///   - widthShift: The greatest shift as a share of the width.
  ///   - heightShift: The greatest shift as a share of the height.
  ///   - shear: The greatest shear in degrees.
  ///   - zoom: Of each axis: below 1 enlarges, above 1 shrinks.
  ///   - border: What fills the part that the picture leaves free.
  public init(
    rotation: Double = 0, widthShift: Double = 0, heightShift: Double = 0, shear: Double = 0,
    zoom: ClosedRange<Double> = 1...1, border: Border = .nearest
  ) {
    self.rotation = rotation
    self.widthShift = widthShift
    self.heightShift = heightShift
    self.shear = shear
    self.zoom = zoom
    self.border = border
  }

  func validate() throws {
    for (name, value) in [
      ("rotation", rotation), ("widthShift", widthShift), ("heightShift", heightShift),
      ("shear", shear),
    ] {
      try AugmentationError.check(
        value >= 0 && value.isFinite, "affine.\(name)", "0 or greater and finite", value)
    }
    try AugmentationError.check(
      zoom.lowerBound > 0 && zoom.upperBound.isFinite, "affine.zoom",
      "greater than 0 and finite", zoom)
  }

  /// Draws one transform; nil where nothing is to change.
  func matrix(
    for size: ImageSize, using random: inout SeededGenerator
  ) -> AffineMatrix? {
    func draw(_ greatest: Double) -> Double {
      greatest == 0 ? 0 : random.nextDouble(in: -greatest...greatest)
    }
    let angle = draw(rotation) * .pi / 180
    let rows = draw(heightShift) * Double(size.height)
    let columns = draw(widthShift) * Double(size.width)
    let slant = draw(shear) * .pi / 180
    let isZooming = zoom != 1...1
    let rowZoom = isZooming ? random.nextDouble(in: zoom) : 1
    let columnZoom = isZooming ? random.nextDouble(in: zoom) : 1
    let matrix = AffineMatrix(
      angle: angle, rowShift: rows, columnShift: columns, slant: slant, rowZoom: rowZoom,
      columnZoom: columnZoom)
    return matrix == .identity ? nil : matrix.aroundCentre(of: size)
  }

  func transform(
    _ source: GraftPixelView, by matrix: AffineMatrix, into destination: GraftPixelView
  ) {
    let (kind, color) =
      switch border {
      case .nearest: (GraftBorderNearest, Color.black)
      case .reflect: (GraftBorderReflect, Color.black)
      case .constant(let color): (GraftBorderConstant, color)
      }
    graft_transform(source, destination, matrix.elements, kind, color.rgba)
  }
}
