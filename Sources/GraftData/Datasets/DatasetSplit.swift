import GraftRandom

/// The parts of a dataset: to learn from, to watch while learning, and to judge by at the end.
public struct DatasetSplit<Part: Dataset>: Sendable {
  /// To learn from.
  public var training: Part
  /// To watch while learning.
  public var validation: Part
  /// To judge by at the end, where it was split off.
  public var test: Part?

  /// Parts of one kind; of classified samples with the same classes in the same order.
  public init(training: Part, validation: Part, test: Part? = nil) {
    self.training = training
    self.validation = validation
    self.test = test
  }
}

extension DatasetSplit where Part: ClassifiedDataset {
  /// The class names, which all parts share.
  public var classes: [String] { training.classes }
}

/// A split that cannot be made.
public enum SplitError: Error, Equatable, CustomStringConvertible {
  case share(Double)
  case tooFewSamples(count: Int)

  public var description: String {
    switch self {
    case .share(let share):
      "the validation share must lie between 0 and 1 (neither included), found \(share)"
    case .tooFewSamples(let count):
      "\(count) sample(s) cannot be split into a training and a validation part that both hold one; "
        + "add samples"
    }
  }
}

/// Which samples are held out.
struct SplitIndices: Equatable {
  /// In ascending order.
  var training: [Int]
  /// In ascending order.
  var validation: [Int]

  /// Holds out a share of the samples, rounded to nearest and at least one. Stratified, every class
  /// gives its share: the classes with the largest remainders give one more where the whole asks for
  /// it, a class of two or more is never without samples in either part, and an only sample is for
  /// training.
  ///
  /// Those with the lowest tickets of their class are held out. A ticket that depends on the sample
  /// alone keeps it on its side when others are added, but for those that the new ones outbid.
  init(
    labels: [Int], tickets: [UInt64], classCount: Int, validation share: Double, stratified: Bool
  ) throws {
    guard share > 0, share < 1 else { throw SplitError.share(share) }
    guard labels.count >= 2 else { throw SplitError.tooFewSamples(count: labels.count) }
    let total = min(max(Int((Double(labels.count) * share).rounded()), 1), labels.count - 1)
    let groups = stratified ? Self.group(labels, classCount) : [Array(labels.indices)]
    let quotas = Self.quotas(of: groups.map(\.count), share: share, total: total)
    var isHeldOut = Array(repeating: false, count: labels.count)
    for (group, quota) in zip(groups, quotas) {
      let drawn = group.sorted { (tickets[$0], $0) < (tickets[$1], $1) }
      for index in drawn.prefix(quota) { isHeldOut[index] = true }
    }
    training = labels.indices.filter { !isHeldOut[$0] }
    validation = labels.indices.filter { isHeldOut[$0] }
    guard !training.isEmpty, !validation.isEmpty else {
      throw SplitError.tooFewSamples(count: labels.count)
    }
  }

  /// The ticket of a sample that `identity` tells from all others.
  static func ticket(of identity: Int, seed: UInt64) -> UInt64 {
    var random = SeededGenerator(seed: seed, purpose: .split, index: identity)
    return random.next()
  }

  /// The ticket of a sample of this name, the same on every platform.
  static func ticket(of name: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
    ticket(of: Int(truncatingIfNeeded: stableHash(of: name)), seed: seed)
  }

  private static func group(_ labels: [Int], _ classCount: Int) -> [[Int]] {
    labels.indices.reduce(into: Array(repeating: [], count: classCount)) { groups, index in
      groups[labels[index]].append(index)
    }
  }

  private static func quotas(of counts: [Int], share: Double, total: Int) -> [Int] {
    var quotas = counts.map { Int(Double($0) * share) }
    let remainders = zip(counts, quotas).map { Double($0) * share - Double($1) }
    let byRemainder = counts.indices.sorted {
      (remainders[$1], $0) < (remainders[$0], $1)
    }
    let missing = total - quotas.reduce(0, +)
    for index in byRemainder.prefix(max(0, missing)) { quotas[index] += 1 }
    return zip(quotas, counts).map { quota, count in
      count < 2 ? 0 : min(max(quota, 1), count - 1)
    }
  }
}
