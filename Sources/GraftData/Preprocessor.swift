public import GraftGraph

/// Writes a sample into its place in a batch; what is random about it comes from the generator, which is
/// seeded for this sample and epoch.
public typealias SampleWriter<Sample> = (
  Sample, SampleRow, inout SeededGenerator
) throws -> Void

/// Turns samples, as a data set holds them, into tensors, as a network takes them.
public protocol Preprocessor: Codable, Hashable, Sendable {
  associatedtype Sample: Sendable
  /// What may be done to samples at random while training.
  associatedtype Augmentation: Codable, Hashable, Sendable = Never

  /// All that a sample may become, the largest first; more than one are lengths or sizes.
  var signatures: [Signature] { get }
  /// The position of a sample's signature among ``signatures``.
  func signature(of sample: Sample) throws -> Int
  /// Whether it draws at random without augmentation too, as where words are masked.
  var isRandom: Bool { get }
  /// Makes sure that a sample would fit, without reading it.
  ///
  /// - Throws: An error that names the misfit.
  func check(_ sample: Sample) throws
  /// What one thread writes samples with; it owns that thread's buffers.
  ///
  /// - Throws: Where values make no sense.
  func makeWriter(_ augmentation: Augmentation?) throws -> SampleWriter<Sample>
}

extension Preprocessor {
  /// The first signature.
  public func signature(of sample: Sample) throws -> Int { 0 }
  public var isRandom: Bool { false }
  /// Nothing to check.
  public func check(_ sample: Sample) throws {}
}
