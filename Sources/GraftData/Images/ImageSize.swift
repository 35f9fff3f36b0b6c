/// Width and height in pixels.
public struct ImageSize: Hashable, Codable, Sendable {
  public var width: Int
  public var height: Int

  /// Width and height in pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// A square.
  public init(_ side: Int) {
    self.init(width: side, height: side)
  }

  var shorterSide: Int { min(width, height) }
  var longerSide: Int { max(width, height) }

  /// Width and height swapped.
  var transposed: ImageSize { ImageSize(width: height, height: width) }

  /// Width times height, nil where it cannot be counted.
  var pixelCount: Int? {
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow ? nil : count
  }
}
