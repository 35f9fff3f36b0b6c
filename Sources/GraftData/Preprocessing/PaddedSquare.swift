import GraftImageKernels

/// A picture in the middle of a square of one colour.
struct PaddedSquare {
  var picture: GraftPixelView
  var color: Color
  /// Whether the square is gray, the colour too.
  var isGray: Bool

  var size: ImageSize { ImageSize(picture.size.longerSide) }

  /// The rows that the picture is in.
  var pictureRows: Range<Int> {
    let top = (size.height - Int(picture.height)) / 2
    return top..<top + Int(picture.height)
  }

  /// Writes some of its rows into a view of as many rows.
  func write(_ rows: Range<Int>, into strip: GraftPixelView) {
    graft_fill_pixels(strip, color.rgba)
    let (top, shared) = (pictureRows.lowerBound, rows.clamped(to: pictureRows))
    if !shared.isEmpty {
      let place = PixelRectangle(
        x: (size.width - Int(picture.width)) / 2, y: shared.lowerBound - rows.lowerBound,
        width: Int(picture.width),
        height: shared.count)
      graft_copy(
        picture.rows(shared.lowerBound - top..<shared.upperBound - top), strip.cropped(to: place))
    }
    if isGray { graft_make_gray(strip) }
  }
}
