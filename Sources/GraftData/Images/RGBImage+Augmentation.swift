import GraftImageKernels

extension RGBImage {
  /// The picture after one colour change.
  package func applying(_ change: ColorJitter.Change) throws -> RGBImage {
    let buffer = PixelBuffer()
    defer { withExtendedLifetime(buffer) {} }
    let view = try buffer.view(size)
    copyPixels(to: view)
    change.apply(to: view)
    return RGBImage(view)
  }

  /// The picture seen through a transform.
  package func applying(_ matrix: AffineMatrix, border: RandomAffine.Border) throws -> RGBImage {
    let (from, to) = (PixelBuffer(), PixelBuffer())
    defer { withExtendedLifetime((from, to)) {} }
    let source = try from.view(size)
    let result = try to.view(size)
    copyPixels(to: source)
    RandomAffine(border: border).transform(source, by: matrix, into: result)
    return RGBImage(result)
  }
}
