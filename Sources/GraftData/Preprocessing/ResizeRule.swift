/// How a picture of any shape becomes one of the size that a model takes.
public enum ResizeRule: Hashable, Codable, Sendable {
  /// Width and height are scaled on their own, as Keras does.
  case stretch
  /// The shorter side is scaled to `resize` pixels, then the centre is cut out, as torchvision does;
  /// where the picture is then smaller than the crop, black is added around it.
  case shorterSideThenCentreCrop(resize: Int)
  /// The picture is centred on a square of one colour, which is then scaled.
  case padToSquare(color: Color)

  /// The centre crop that keeps `percent` of each side, 0 < percent <= 1, as timm computes it.
  public static func centreCrop(of size: Int, percent: Double) -> ResizeRule {
    .shorterSideThenCentreCrop(resize: Int((Double(size) / percent).rounded(.down)))
  }
}

/// What a resize rule means for one picture: crop, scale, cut out, place.
struct ResizePlan {
  /// The colour of the square that the picture is centred on first, if any.
  var paddingColor: Color?
  /// The size to scale to.
  var scaled: ImageSize
  /// The part of the scaled picture that is kept.
  var kept: PixelRectangle
  /// Where the kept part lies in the result; around it the result is black.
  var placement: (x: Int, y: Int) = (0, 0)

  init(rule: ResizeRule, source: ImageSize, target: ImageSize) {
    switch rule {
    case .stretch:
      scaled = target
      kept = .whole(target)
    case .padToSquare(let color):
      paddingColor = color
      scaled = target
      kept = .whole(target)
    case .shorterSideThenCentreCrop(let resize):
      scaled = Self.shorterSide(of: source, scaledTo: resize)
      let horizontal = Self.centre(target.width, in: scaled.width)
      let vertical = Self.centre(target.height, in: scaled.height)
      kept = PixelRectangle(
        x: horizontal.first, y: vertical.first, width: horizontal.count, height: vertical.count)
      placement = (horizontal.offset, vertical.offset)
    }
  }

  /// torchvision's `_compute_resized_image_output_size`: the longer side is cut off, not rounded.
  private static func shorterSide(of source: ImageSize, scaledTo side: Int) -> ImageSize {
    let longer = max(
      1, Int(Double(side) * Double(source.longerSide) / Double(source.shorterSide)))
    return source.width <= source.height
      ? ImageSize(width: side, height: longer) : ImageSize(width: longer, height: side)
  }

  /// torchvision's `center_crop` along one axis; halves are rounded to even as Python does.
  private static func centre(
    _ crop: Int, in length: Int
  ) -> (first: Int, count: Int, offset: Int) {
    if crop > length { return (0, length, (crop - length) / 2) }
    return (Int((Double(length - crop) / 2).rounded(.toNearestOrEven)), crop, 0)
  }
}
