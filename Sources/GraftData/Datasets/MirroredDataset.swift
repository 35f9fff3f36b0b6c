import GraftRandom

/// Every picture twice: as it is, and mirrored left to right.
///
/// Unlike a random flip, samples come out the same in every epoch, so that what frozen layers make of
/// them may be kept. Sample `index` of the second half mirrors sample `index - base.count`.
public struct MirroredDataset: ClassifiedDataset {
  public typealias Input = Image

  /// The pictures as they are.
  public let base: any ClassifiedDataset<Image>

  /// - Parameter base: Pictures, or numbers of height x width x channels.
  public init(_ base: any ClassifiedDataset<Image>) { self.base = base }

  /// Twice as many as there are.
  public var count: Int { 2 * base.count }
  /// Those of the pictures as they are.
  public var classes: [String] { base.classes }

  /// The class of one picture, the same mirrored.
  public func label(at index: Int) -> Int { base.label(at: index % base.count) }

  /// How much the picture counts, the same mirrored.
  public func weight(at index: Int) -> Float { base.weight(at: index % base.count) }

  /// That of the picture as it is, and another for its mirror image.
  public func identity(at index: Int) -> UInt64 {
    let identity = base.identity(at: index % base.count)
    guard index >= base.count else { return identity }
    var mixer = SplitMix64(seed: identity)
    return mixer.next()
  }

  /// One picture, mirrored in the second half.
  ///
  /// - Throws: What the pictures' dataset throws.
  public func sample(at index: Int) throws -> Labeled<Image, Int> {
    var sample = try base.sample(at: index % base.count)
    if index >= base.count { sample.input.isMirrored.toggle() }
    return sample
  }
}
