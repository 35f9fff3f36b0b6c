/// The parts of a dataset: to learn from, to watch while learning, and to judge by at the end.
public struct DatasetSplit<Part: Dataset>: Sendable {
  public var training: Part
  public var validation: Part
  public var test: Part?

  public init(training: Part, validation: Part, test: Part? = nil) {
    self.training = training
    self.validation = validation
    self.test = test
  }

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
      "\(count) sample(s) cannot be split into a training and a validation part that both hold one"
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
  init(
    labels: [Int], classCount: Int, validation share: Double, stratified: Bool, seed: UInt64
  ) throws {
    guard share > 0, share < 1 else { throw SplitError.share(share) }
    guard labels.count >= 2 else { throw SplitError.tooFewSamples(count: labels.count) }
    let total = min(max(Int((Double(labels.count) * share).rounded()), 1), labels.count - 1)
    var groups = stratified ? Self.group(labels, classCount) : [Array(labels.indices)]
    let quotas = Self.quotas(of: groups.map(\.count), share: share, total: total)
    var random = SeededGenerator(seed: seed, purpose: .split)
    var isHeldOut = Array(repeating: false, count: labels.count)
    for group in groups.indices {
      random.shuffle(&groups[group])
      for index in groups[group].prefix(quotas[group]) { isHeldOut[index] = true }
    }
    training = labels.indices.filter { !isHeldOut[$0] }
    validation = labels.indices.filter { isHeldOut[$0] }
    guard !training.isEmpty, !validation.isEmpty else {
      throw SplitError.tooFewSamples(count: labels.count)
    }
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
