import Synchronization

/// A dataset in which a picture that can't be read is nothing but zeros, and is noted.
///
/// For whoever answers for many pictures and leaves out what is noted: each is decoded once, when its
/// turn comes.
public struct ForgivingDataset: Dataset {
  /// The samples.
  public let base: any Dataset
  private let notes = Notes()

  private final class Notes: Sendable {
    let errors = Mutex<[Int: ImageError]>([:])
  }

  /// - Parameter base: What is read, picture by picture.
  public init(_ base: any Dataset) { self.base = base }

  /// What is wrong with the pictures read so far, by index.
  public var unreadable: [Int: ImageError] { notes.errors.withLock { $0 } }

  /// How many samples there are, readable or not.
  public var count: Int { base.count }
  /// The classes of the samples.
  public var classes: [String] { base.classes }

  /// The class of one sample.
  public func label(at index: Int) -> Int { base.label(at: index) }

  /// That of the sample.
  public func identity(at index: Int) -> UInt64 { base.identity(at: index) }

  /// That of the samples.
  public func shape(preparedBy preprocessing: Preprocessing) -> [Int] {
    base.shape(preparedBy: preprocessing)
  }

  /// Writes one sample, or zeros in place of a picture that can't be read.
  ///
  /// - Throws: What the samples' dataset throws, but for an `ImageError`.
  public func fill(
    _ values: UnsafeMutableBufferPointer<Float>, at index: Int, using preparer: ImagePreparer
  ) throws {
    do {
      try base.fill(values, at: index, using: preparer)
    } catch let error as ImageError {
      values.update(repeating: 0)
      notes.errors.withLock { $0[index] = error }
    }
  }
}
