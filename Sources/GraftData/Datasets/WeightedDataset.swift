/// Samples that count as their classes do.
public struct WeightedDataset<Base: ClassifiedDataset>: ClassifiedDataset {
  public typealias Input = Base.Input

  /// The samples.
  public let base: Base
  /// How much a sample of each class counts; times what the sample itself counts.
  public let classWeights: [Float]

  /// - Parameter classWeights: One for each class.
  public init(_ base: Base, classWeights: [Float]) {
    precondition(classWeights.count == base.classes.count, "each class has a weight")
    (self.base, self.classWeights) = (base, classWeights)
  }

  /// How many samples there are.
  public var count: Int { base.count }
  /// Those of the samples.
  public var classes: [String] { base.classes }
  /// The class of one sample.
  public func label(at index: Int) -> Int { base.label(at: index) }
  /// That of the sample.
  public func identity(at index: Int) -> UInt64 { base.identity(at: index) }
  /// One sample.
  ///
  /// - Throws: What the samples' dataset throws.
  public func sample(at index: Int) throws -> Labeled<Base.Input, Int> {
    try base.sample(at: index)
  }

  /// What the sample counts times what its class does.
  public func weight(at index: Int) -> Float {
    base.weight(at: index) * classWeights[base.label(at: index)]
  }
}
