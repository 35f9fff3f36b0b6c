import GraftImageKernels

/// Turns picture files into what a model takes, with buffers that are reused from one to the next.
///
/// A preparer belongs to one thread at a time; make one for each.
public final class ImagePreparer {
  public let preprocessing: Preprocessing
  /// Random changes to each picture, nil for none.
  public let augmentation: Augmentation?
  /// Where the random changes come from: seed it for each sample.
  public var random: SeededGenerator

  /// Beyond this the C tables could not count; only pictures a few pixels wide get there.
  private static let greatestScaledSide = 1 << 30

  private let decoder: ImageDecoder
  private let table: NormalizationTable
  private let file = FileBytes()
  private let resampler = Resampler()
  private let padded = PixelBuffer()
  private let resized = PixelBuffer()
  private let changed = PixelBuffer()

  /// Pillow's limit, twice what it warns of: half a gigabyte of RGB.
  public static let defaultPixelLimit = 178_956_970

  /// - Parameter pixelLimit: pictures of more pixels are refused; nil for what `preprocessing` says.
  /// - Throws: `PreprocessingError` or `AugmentationError` for values that make no sense.
  public convenience init(
    _ preprocessing: Preprocessing, augmentation: Augmentation? = nil,
    random: SeededGenerator = SeededGenerator(seed: 0),
    pixelLimit: Int? = nil
  ) throws {
    try preprocessing.validate()
    try augmentation?.validate()
    self.init(
      valid: preprocessing, augmentation: augmentation, random: random, pixelLimit: pixelLimit)
  }

  /// Takes values that have been validated.
  ///
  /// - Parameter gate: Shared by those who prepare pictures at the same time.
  init(
    valid preprocessing: Preprocessing, augmentation: Augmentation?, random: SeededGenerator,
    pixelLimit: Int?, gate: LargePictureGate? = nil
  ) {
    self.preprocessing = preprocessing
    self.augmentation = augmentation
    self.random = random
    decoder = ImageDecoder(
      pixelLimit: pixelLimit ?? preprocessing.pixelLimit ?? Self.defaultPixelLimit, gate: gate)
    table = NormalizationTable(preprocessing)
  }

  /// Prepares a picture file.
  ///
  /// - Parameter values: `preprocessing.valueCount` values, height x width x channels.
  /// - Throws: `ImageError` with the path.
  public func prepare(
    fileAt path: FilePath, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    try file.withContents(of: path) { bytes in
      do {
        try prepare(encoded: bytes, into: values)
      } catch var error as ImageError {
        error.path = path.display
        throw error
      }
    }
  }

  /// Prepares a picture file; see ``prepare(fileAt:into:)``.
  public func prepare(
    fileAt path: String, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    try prepare(fileAt: FilePath(path), into: values)
  }

  /// Prepares a picture file held in memory.
  ///
  /// - Parameter values: `preprocessing.valueCount` values, height x width x channels.
  /// - Throws: `ImageError` without a path.
  public func prepare(
    encoded bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    defer { endPicture() }
    var plan: SamplePlan?
    let picture = try decoder.decode(bytes) { fullSize in
      let planned = makePlan(for: fullSize)
      plan = planned
      return preprocessing.jpegDecoding == .shrinkOnLoad
        ? planned.neededSize(ofPicture: fullSize) : nil
    }
    try finish(picture, plan ?? makePlan(for: picture.fullSize), into: values)
  }

  /// Prepares decoded pixels.
  ///
  /// - Parameter values: `preprocessing.valueCount` values, height x width x channels.
  /// - Throws: `ImageError` without a path.
  public func prepare(
    _ image: RGBImage, into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    defer { endPicture() }
    let pixels = try changed.view(image.size)
    image.copyPixels(to: pixels)
    let picture = ImageDecoder.Picture(pixels: pixels, fullSize: image.size, hasAlpha: false)
    try finish(picture, makePlan(for: image.size), into: values)
  }

  /// Decodes a picture file and throws whatever preparing it would throw, without the work of resizing
  /// it: JPEGs are decoded to an eighth of their size, which reads all of the file but makes few pixels.
  func check(fileAt path: FilePath) throws {
    try file.withContents(of: path) { bytes in
      defer { endPicture() }
      do {
        let picture = try decoder.decode(bytes) { _ in ImageSize(1) }
        try check(makePlan(for: picture.fullSize))
      } catch var error as ImageError {
        error.path = path.display
        throw error
      }
    }
  }

  /// What is shared by those who prepare pictures at the same time.
  var gate: LargePictureGate? {
    get { decoder.gate }
    set { decoder.gate = newValue }
  }

  private func endPicture() {
    decoder.finish()
    padded.giveBackIfLarge()
  }

  private func makePlan(for source: ImageSize) -> SamplePlan {
    if let crop = augmentation?.randomResizedCrop {
      return SamplePlan(
        source: crop.rectangle(in: source, using: &random),
        resize: ResizePlan(rule: .stretch, source: source, target: preprocessing.size))
    }
    return SamplePlan(
      source: .whole(source),
      resize: ResizePlan(
        rule: preprocessing.resizeRule, source: source, target: preprocessing.size))
  }

  private func finish(
    _ picture: ImageDecoder.Picture, _ plan: SamplePlan,
    into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    try check(plan)
    let part = layOverBackground(picture, plan)
    let result = try resized.view(preprocessing.size)
    try resize(part, plan, into: result)
    let final = try augmentation?.apply(to: result, scratch: changed, using: &random) ?? result
    table.normalize(final, into: values)
  }

  private func resize(
    _ part: GraftPixelView, _ plan: SamplePlan, into result: GraftPixelView
  ) throws {
    let isGray = preprocessing.channelOrder == .gray
    var opaque = part
    if let color = plan.resize.paddingColor, part.width != part.height {
      let square = PaddedSquare(picture: part, color: color, isGray: isGray)
      if try resampler.resize(square, by: preprocessing.interpolation, into: result) { return }
      decoder.waitForGate(square.size)
      opaque = try padded.view(square.size)
      square.write(0..<square.size.height, into: opaque)
    } else if isGray {
      graft_make_gray(opaque)
    }
    let place = PixelRectangle(
      x: plan.resize.placement.x, y: plan.resize.placement.y, width: plan.resize.kept.width,
      height: plan.resize.kept.height)
    if place.size != preprocessing.size { graft_fill_pixels(result, Color.black.rgba) }
    try resampler.resize(
      opaque, to: plan.resize.scaled, keeping: plan.resize.kept,
      by: preprocessing.interpolation, into: result.cropped(to: place))
  }

  /// - Throws: `ImageError` where the plan asks for more pixels than are allowed.
  private func check(_ plan: SamplePlan) throws {
    func refuse(_ size: ImageSize) -> ImageError {
      ImageError(
        reason: .tooManyPixels(
          width: size.width, height: size.height, limit: decoder.pixelLimit))
    }
    let scaled = plan.resize.scaled
    guard scaled.longerSide <= Self.greatestScaledSide else { throw refuse(scaled) }
    if plan.resize.paddingColor != nil, plan.source.width != plan.source.height {
      let square = ImageSize(plan.source.size.longerSide)
      guard let count = square.pixelCount, count <= decoder.pixelLimit else {
        throw refuse(square)
      }
    }
  }

  /// The part of the picture that is resized, opaque.
  private func layOverBackground(
    _ picture: ImageDecoder.Picture, _ plan: SamplePlan
  ) -> GraftPixelView {
    let part = picture.pixels.cropped(
      to: plan.source.scaled(from: picture.fullSize, to: picture.pixels.size))
    if picture.hasAlpha { graft_composite(part, part, preprocessing.background.rgba) }
    return part
  }
}

/// What is done with one picture.
private struct SamplePlan {
  /// The part of the upright picture that is resized.
  var source: PixelRectangle
  var resize: ResizePlan

  /// The least upright size of the whole picture that the resize need not enlarge.
  func neededSize(ofPicture fullSize: ImageSize) -> ImageSize {
    let reference =
      resize.paddingColor == nil ? source.size : ImageSize(source.size.longerSide)
    func share(_ full: Int, _ scaled: Int, _ part: Int) -> Int {
      Int((Double(full) * Double(scaled) / Double(part)).rounded(.up))
    }
    return ImageSize(
      width: share(fullSize.width, resize.scaled.width, reference.width),
      height: share(fullSize.height, resize.scaled.height, reference.height))
  }
}
