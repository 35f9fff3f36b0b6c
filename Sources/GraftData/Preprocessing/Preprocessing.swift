/// Everything between a picture and the numbers that a backbone was trained on, as a value that
/// travels with the weights.
///
/// Steps, in order: decode, turn upright, lay over `background`, convert to gray where asked, pad or
/// crop and resize by `resizeRule`, reorder channels, then `(x * scale - mean) / standardDeviation`
/// with x from 0 to 255. The result is Float32, height x width x channels.
public struct Preprocessing: Hashable, Codable, Sendable {
  /// The size of the result.
  public var size: ImageSize
  /// How a picture of another shape comes to that size.
  public var resizeRule: ResizeRule
  /// How pixels are found between pixels.
  public var interpolation: Interpolation
  /// Which channels there are, in which order.
  public var channelOrder: ChannelOrder
  /// What 0 to 255 is multiplied with first.
  public var scale: Double
  /// Subtracted after scaling, one value for each channel in `channelOrder`.
  public var mean: [Double]
  /// Divided by at last, one value for each channel in `channelOrder`.
  public var standardDeviation: [Double]
  /// What shows through transparent pixels.
  public var background: Color
  /// How much of a JPEG is decoded.
  public var jpegDecoding: JPEGDecoding
  /// Pictures of more pixels, in the file or on their square where padded, are refused; nil for
  /// ``ImagePreparer/defaultPixelLimit``.
  public var pixelLimit: Int?

  /// The channels of the result.
  public enum ChannelOrder: String, CaseIterable, Codable, Sendable {
    case rgb
    case bgr
    /// One channel: luma by ITU-R 601.
    case gray

    /// How many channels that is.
    public var count: Int { self == .gray ? 1 : 3 }
  }

  /// How much of a JPEG is decoded.
  public enum JPEGDecoding: String, CaseIterable, Codable, Sendable {
    /// Every pixel, then an antialiased resize: Pillow's bytes.
    case exact
    /// At 1/2, 1/4 or 1/8 of the size where that is still at least as large as what the resize needs:
    /// about half the time on large photographs, most of what is left being their entropy coding; a few
    /// grey levels away from `exact`.
    case shrinkOnLoad
  }

  /// How pictures become numbers: (pixel · scale - mean) / deviation, channel by channel.
  ///
  /// - Parameters:
  ///   - size: Of the result, in pixels.
  ///   - scale: What pixels from 0 to 255 are multiplied by first.
  ///   - mean: One number for each channel; 0 if `nil`.
  ///   - standardDeviation: One number for each channel; 1 if `nil`.
  ///   - background: What shows through transparent pixels.
  public init(
    size: ImageSize, resizeRule: ResizeRule, interpolation: Interpolation = .bilinear,
    channelOrder: ChannelOrder = .rgb, scale: Double = 1, mean: [Double]? = nil,
    standardDeviation: [Double]? = nil, background: Color = .white,
    jpegDecoding: JPEGDecoding = .exact
  ) {
    self.size = size
    self.resizeRule = resizeRule
    self.interpolation = interpolation
    self.channelOrder = channelOrder
    self.scale = scale
    self.mean = mean ?? Array(repeating: 0, count: channelOrder.count)
    self.standardDeviation = standardDeviation ?? Array(repeating: 1, count: channelOrder.count)
    self.background = background
    self.jpegDecoding = jpegDecoding
  }

  /// Height, width and channels of a prepared picture.
  public var shape: [Int] { [size.height, size.width, channelOrder.count] }

  /// The number of values of a prepared picture.
  public var valueCount: Int { size.width * size.height * channelOrder.count }

  /// Checks values that may come from a file.
  ///
  /// - Throws: `PreprocessingError` naming the value, what was expected and what was found.
  public func validate() throws {
    func check(_ isRight: Bool, _ field: String, _ expected: String, _ found: Any) throws {
      guard isRight else {
        throw PreprocessingError(field: field, expected: expected, found: "\(found)")
      }
    }
    let sides = 1...16384
    try check(sides.contains(size.width), "width", "1 to 16384 pixels", size.width)
    try check(sides.contains(size.height), "height", "1 to 16384 pixels", size.height)
    if case .shorterSideThenCentreCrop(let resize) = resizeRule {
      try check(sides.contains(resize), "resize", "1 to 16384 pixels", resize)
    }
    try check(pixelLimit ?? 1 > 0, "pixelLimit", "1 or greater", pixelLimit ?? 1)
    let channels = channelOrder.count
    try check(scale.isFinite && scale != 0, "scale", "a finite number other than 0", scale)
    try check(
      mean.count == channels && mean.allSatisfy(\.isFinite), "mean",
      "\(channels) finite number(s), one a channel", mean)
    try check(
      standardDeviation.count == channels
        && standardDeviation.allSatisfy { $0.isFinite && $0 != 0 }, "standardDeviation",
      "\(channels) finite number(s) other than 0, one a channel", standardDeviation)
  }
}

/// A value of a `Preprocessing` that cannot be used.
public struct PreprocessingError: Error, Equatable, CustomStringConvertible {
  public var field: String
  public var expected: String
  public var found: String

  public var description: String {
    "preprocessing: \(field) must be \(expected), found \(found)"
  }
}
