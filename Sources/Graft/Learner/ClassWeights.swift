public import GraftData

/// How much a sample of each class counts while training, so that rare classes are learned too.
///
/// As Keras's `class_weight` has it: the mean over a batch of each sample's loss times its class's
/// weight is what training makes small. (PyTorch divides by the sum of the weights in the batch
/// instead, so that a rare class counts less, the smaller the batches are.)
public enum ClassWeights: Hashable, Sendable {
  /// n / (k · n_c) for a class with n_c of n samples in k classes: all classes count the same in
  /// sum, and the mean weight is 1 (scikit-learn's `balanced`).
  case balanced
  /// By name; classes that are not named count 1.
  case named([String: Float])

  /// The weight of each class of a dataset, in the order of its classes.
  ///
  /// - Throws: ``ClassWeightError`` where a name is no class, or a weight is no number from 0 on or
  ///   too large to be one, or all are 0.
  public func values(for dataset: some ClassifiedDataset) throws(ClassWeightError) -> [Float] {
    switch self {
    case .balanced: return Self.balanced(Self.counts(of: dataset))
    case .named(let weights):
      let classes = Set(dataset.classes)
      for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
        guard classes.contains(name) else {
          throw .unknownClass(name, known: dataset.classes)
        }
        guard weight >= 0, weight.isFinite else { throw .weight(weight, of: name) }
      }
      let values = dataset.classes.map { weights[$0] ?? 1 }
      guard values.contains(where: { $0 > 0 }) else { throw .allZero }
      return values
    }
  }

  /// How many samples there are of each class; what has a label of none counts nowhere.
  private static func counts(of dataset: some ClassifiedDataset) -> [Int] {
    var counts = Array(repeating: 0, count: dataset.classes.count)
    for label in (0..<dataset.count).map(dataset.label(at:)) where counts.indices.contains(label) {
      counts[label] += 1
    }
    return counts
  }

  private static func balanced(_ counts: [Int]) -> [Float] {
    let classCount = counts.count { $0 > 0 }
    let sampleCount = counts.reduce(0, +)
    return counts.map {
      $0 == 0 ? 1 : Float(Double(sampleCount) / (Double(classCount) * Double($0)))
    }
  }
}

extension ClassWeights: ExpressibleByDictionaryLiteral {
  /// Weights by name: `["rare": 10]`.
  public init(dictionaryLiteral elements: (String, Float)...) {
    self = .named(Dictionary(elements) { $1 })
  }
}

/// Weights that don't fit the classes.
public enum ClassWeightError: Error, Equatable, CustomStringConvertible {
  case unknownClass(String, known: [String])
  case weight(Float, of: String)
  case allZero

  public var description: String {
    switch self {
    case .unknownClass(let name, let known):
      "a weight is given for '\(name)', which is none of the classes: "
        + known.joined(separator: ", ")
    case .weight(let weight, let name):
      "the weight of '\(name)' is \(weight); expected is a number from 0 on"
    case .allZero: "all classes have the weight 0, so that nothing would be learned"
    }
  }
}
