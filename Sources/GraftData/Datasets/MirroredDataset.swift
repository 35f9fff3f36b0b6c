import GraftRandom

/// Every sample twice: as it is, and mirrored left to right.
///
/// Unlike a random flip, samples come out the same in every epoch, so that what frozen layers make of
/// them may be kept. Sample `index` of the second half mirrors sample `index - base.count`.
public struct MirroredDataset: Dataset {
  /// The samples as they are.
  public let base: any Dataset

  /// - Parameter base: Samples of height x width x channels.
  public init(_ base: any Dataset) { self.base = base }

  /// Twice as many as there are.
  public var count: Int { 2 * base.count }
  /// Those of the samples as they are.
  public var classes: [String] { base.classes }

  /// The class of one sample, the same mirrored.
  public func label(at index: Int) -> Int { base.label(at: index % base.count) }

  /// That of the sample as it is, and another for its mirror image.
  public func identity(at index: Int) -> UInt64 {
    let identity = base.identity(at: index % base.count)
    guard index >= base.count else { return identity }
    var mixer = SplitMix64(seed: identity)
    return mixer.next()
  }

  /// That of the samples as they are.
  public func shape(preparedBy preprocessing: Preprocessing) -> [Int] {
    base.shape(preparedBy: preprocessing)
  }

  /// Writes one sample, mirrored in the second half.
  ///
  /// - Throws: What the samples' dataset throws.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    try base.fill(values, at: index % base.count, using: preparer)
    let shape = base.shape(preparedBy: preparer.preprocessing)
    guard index >= base.count, shape.count == 3 else { return }
    let (width, channels) = (shape[1], shape[2])
    for row in stride(from: 0, to: values.count, by: width * channels) {
      for x in 0..<width / 2 {
        for channel in 0..<channels {
          values.swapAt(
            row + x * channels + channel, row + (width - 1 - x) * channels + channel)
        }
      }
    }
  }
}
