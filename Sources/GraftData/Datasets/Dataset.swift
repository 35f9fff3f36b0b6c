/// Samples that can be read in any order from several threads, not yet decoded: paths, texts, rows.
public protocol Dataset<Sample>: Sendable {
  associatedtype Sample: Sendable

  /// The number of samples.
  var count: Int { get }
  /// What a sample is, with its label, if it has one.
  ///
  /// - Parameter index: 0 up to `count`.
  /// - Throws: An error that names the sample.
  func sample(at index: Int) throws -> Sample
  /// What tells a sample from all others, wherever it stands among them: what is random about it follows
  /// from this number. By default its index.
  func identity(at index: Int) -> UInt64
  /// How much the sample counts in training and evaluation, from 0 on. By default 1.
  func weight(at index: Int) -> Float
  /// A number that samples of one kind share, as those of a class do: each part of a split gets
  /// its share of every kind. By default 0.
  func group(at index: Int) -> Int
}

extension Dataset {
  /// The sample's index.
  public func identity(at index: Int) -> UInt64 { UInt64(index) }
  /// 1: all samples count the same.
  public func weight(at index: Int) -> Float { 1 }
  /// 0: all samples are of one kind.
  public func group(at index: Int) -> Int { 0 }

  /// The samples at `indices`, in that order.
  public func subset(_ indices: [Int]) -> Subset<Self> {
    Subset(of: self, indices: indices)
  }

  /// Splits the samples into a training and a validation part, the same on every platform.
  ///
  /// - Parameters:
  ///   - validation: the share of samples held out, between 0 and 1.
  ///   - stratified: whether each class is split by that share.
  /// - Throws: `SplitError` where a part would be empty.
  public func split(
    validation: Double, stratified: Bool = true, seed: UInt64 = 0
  ) throws -> DatasetSplit<Subset<Self>> {
    let given = (0..<count).map(group(at:))
    let numbers = Dictionary(
      uniqueKeysWithValues: Set(given).sorted().enumerated().map { ($1, $0) })
    let groups = given.map { numbers[$0] ?? 0 }
    let parts = try SplitIndices(
      labels: groups, tickets: (0..<count).map { SplitIndices.ticket(of: $0, seed: seed) },
      classCount: numbers.count, validation: validation, stratified: stratified)
    return DatasetSplit(
      training: subset(parts.training), validation: subset(parts.validation))
  }
}

/// An input with what should be said of it, if that is known.
public struct Labeled<Input: Sendable, Label: Sendable>: Sendable {
  public var input: Input
  public var label: Label?

  /// An input with its label.
  public init(_ input: Input, _ label: Label? = nil) { (self.input, self.label) = (input, label) }
}

extension Labeled: Equatable where Input: Equatable, Label: Equatable {}
extension Labeled: Hashable where Input: Hashable, Label: Hashable {}

/// The inputs of labelled samples alone, as where nothing but predictions or features are wanted.
public struct UnlabeledDataset<Input: Sendable, Label: Sendable>: Dataset {
  /// The samples with their labels.
  public let base: any Dataset<Labeled<Input, Label>>

  /// - Parameter base: The samples with their labels.
  public init(_ base: any Dataset<Labeled<Input, Label>>) { self.base = base }

  /// As many as there are with labels.
  public var count: Int { base.count }
  /// One input.
  ///
  /// - Throws: What the labelled samples' dataset throws.
  public func sample(at index: Int) throws -> Input { try base.sample(at: index).input }
  /// That of the labelled sample.
  public func identity(at index: Int) -> UInt64 { base.identity(at: index) }
  /// How much the labelled sample counts.
  public func weight(at index: Int) -> Float { base.weight(at: index) }
  /// The kind of the labelled sample.
  public func group(at index: Int) -> Int { base.group(at: index) }
}

/// Samples of one class each.
///
/// `ImageFolder` and `ArrayDataset` are such; conform a type of your own to learn classes of anything.
public protocol ClassifiedDataset<Input>: Dataset where Sample == Labeled<Input, Int> {
  associatedtype Input: Sendable

  /// Class names; a label is an index into them.
  var classes: [String] { get }
  /// The class of one sample, without reading it.
  func label(at index: Int) -> Int
}

extension ClassifiedDataset {
  /// The number of samples of each class.
  public var counts: [Int] {
    (0..<count).reduce(into: Array(repeating: 0, count: classes.count)) { counts, index in
      counts[label(at: index)] += 1
    }
  }

  /// The sample's class.
  public func group(at index: Int) -> Int { label(at: index) }
}

/// Some samples of another dataset.
public struct Subset<Base: Dataset>: Dataset {
  /// The whole dataset.
  public let base: Base
  /// The samples' indices in `base`.
  public let indices: [Int]

  /// The samples at `indices`, which lie in the base dataset, in that order.
  public init(of base: Base, indices: [Int]) {
    precondition(
      indices.allSatisfy { (0..<base.count).contains($0) }, "indices lie in the base dataset")
    self.base = base
    self.indices = indices
  }

  /// How many samples were picked.
  public var count: Int { indices.count }

  /// One picked sample.
  ///
  /// - Throws: What the whole dataset throws.
  public func sample(at index: Int) throws -> Base.Sample {
    try base.sample(at: indices[index])
  }

  /// What tells the sample from all others of the whole dataset.
  public func identity(at index: Int) -> UInt64 {
    base.identity(at: indices[index])
  }

  /// How much the sample counts in the whole dataset.
  public func weight(at index: Int) -> Float { base.weight(at: indices[index]) }

  /// What kind the sample is of in the whole dataset.
  public func group(at index: Int) -> Int { base.group(at: indices[index]) }
}

extension Subset: ClassifiedDataset where Base: ClassifiedDataset {
  public typealias Input = Base.Input

  /// The classes of the whole dataset.
  public var classes: [String] { base.classes }

  /// The class of one picked sample.
  public func label(at index: Int) -> Int {
    base.label(at: indices[index])
  }
}
