public import GraftGraph

/// Pictures as the tensor `input` of a network.
public struct ImagePreprocessor: Preprocessor {
  public typealias Sample = Image

  /// Everything between a picture file and numbers.
  public var preprocessing: Preprocessing
  /// Height, width and channels of what the network takes: those of prepared pictures, unless it takes
  /// other numbers than pictures have.
  public var shape: [Int]

  /// - Parameter shape: What the network takes, if it isn't what the preprocessing makes of pictures.
  public init(_ preprocessing: Preprocessing, shape: [Int]? = nil) {
    self.preprocessing = preprocessing
    self.shape = shape ?? preprocessing.shape
  }

  /// One: the picture as height, width, channels.
  public var signatures: [Signature] { [[TensorSpec(TensorName.input, Shape(shape))]] }

  /// - Throws: ``ImageShapeError`` where what is prepared of the picture isn't of the shape.
  public func check(_ image: Image) throws {
    let found =
      if case .values(_, let shape) = image.source { shape } else { preprocessing.shape }
    guard found == shape else { throw ImageShapeError(expected: shape, found: found) }
  }

  /// What decodes and prepares one picture after the other into its row, on one thread.
  ///
  /// - Throws: `PreprocessingError` and `AugmentationError` where settings make no sense.
  public func makeWriter(_ augmentation: Augmentation?) throws -> SampleWriter<Image> {
    let preparer = try ImagePreparer(preprocessing, augmentation: augmentation)
    return { image, row, random in
      try check(image)
      preparer.gate = row.gate
      let values = try row.floats(TensorName.input)
      swap(&preparer.random, &random)
      defer { swap(&preparer.random, &random) }
      try preparer.prepare(image, of: shape, into: values)
    }
  }
}

extension ImagePreparer {
  /// Prepares a picture, whatever it comes from.
  ///
  /// - Parameters:
  ///   - shape: What is asked for: height, width, channels.
  ///   - values: As many as that says.
  fileprivate func prepare(
    _ image: Image, of shape: [Int], into values: UnsafeMutableBufferPointer<Float>
  ) throws {
    switch image.source {
    case .file(let path): try prepare(fileAt: path, into: values)
    case .pixels(let pixels): try prepare(pixels, into: values)
    case .values(let numbers, _):
      _ = values.update(fromContentsOf: numbers)
      try augment(values, of: shape)
    }
    if image.isMirrored, shape.count == 3 { values.mirrorColumns(of: shape) }
  }

  /// Changes numbers at random: of an augmentation only flips apply to them.
  ///
  /// - Throws: `ArrayDatasetError` where the augmentation asks for more.
  private func augment(_ values: UnsafeMutableBufferPointer<Float>, of shape: [Int]) throws {
    guard let augmentation else { return }
    var flips = augmentation
    flips.randomResizedCrop = nil
    flips.affine = nil
    flips.colorJitter = nil
    guard flips == augmentation, shape.count == 3 else { throw ArrayDatasetError.augmentation }
    if random.nextBool(probability: augmentation.horizontalFlip) {
      values.mirrorColumns(of: shape)
    }
    if random.nextBool(probability: augmentation.verticalFlip) { values.mirrorRows(of: shape) }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  fileprivate func mirrorColumns(of shape: [Int]) {
    let (width, channels) = (shape[1], shape[2])
    for row in stride(from: 0, to: count, by: Swift.max(width * channels, 1)) {
      for x in 0..<width / 2 {
        for channel in 0..<channels {
          swapAt(row + x * channels + channel, row + (width - 1 - x) * channels + channel)
        }
      }
    }
  }

  fileprivate func mirrorRows(of shape: [Int]) {
    let (height, rowCount) = (shape[0], shape[1] * shape[2])
    for y in 0..<height / 2 {
      for offset in 0..<rowCount {
        swapAt(y * rowCount + offset, (height - 1 - y) * rowCount + offset)
      }
    }
  }
}

/// Pictures, or numbers in their place, of another shape than a network takes.
public struct ImageShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Height, width, channels.
  public let expected: [Int]
  public let found: [Int]

  public var description: String {
    "the model takes samples of \(Shape(expected)) (height, width, channels), but these are "
      + "\(Shape(found)); pictures have one channel or three"
  }
}
