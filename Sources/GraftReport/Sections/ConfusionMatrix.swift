/// How often each class was taken for each other.
public struct ConfusionMatrix: Hashable, Sendable {
  public var title: String
  /// The names of the classes.
  public let classes: [String]
  /// `counts[truth][predicted]`.
  public let counts: [[Int]]

  /// - Parameter counts: As many rows as classes, each as long; none negative.
  public init(title: String = "Confusion matrix", classes: [String], counts: [[Int]]) {
    precondition(
      counts.count == classes.count && counts.allSatisfy { $0.count == classes.count },
      "a confusion matrix has a row and a column for each class")
    precondition(counts.joined().allSatisfy { $0 >= 0 }, "counts are not negative")
    self.title = title
    self.classes = classes
    self.counts = counts
  }

  /// Counts answers.
  ///
  /// - Parameters:
  ///   - truth: The right class of each sample, as an index of `classes`.
  ///   - predictions: The predicted class of each, in the same order.
  public init(
    title: String = "Confusion matrix", classes: [String], truth: [Int], predictions: [Int]
  ) {
    precondition(truth.count == predictions.count, "every sample has one prediction")
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (right, predicted) in zip(truth, predictions) { counts[right][predicted] += 1 }
    self.init(title: title, classes: classes, counts: counts)
  }

  /// How many samples are of a class.
  public func sampleCount(of index: Int) -> Int { counts[index].reduce(0, +) }

  /// How many samples were taken for a class.
  public func predictionCount(of index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }

  /// The part of a class's samples that were recognized; `nil` where there are none.
  public func recall(of index: Int) -> Double? {
    Self.ratio(counts[index][index], sampleCount(of: index))
  }

  /// The part of the predictions of a class that were right; `nil` where there are none.
  public func precision(of index: Int) -> Double? {
    Self.ratio(counts[index][index], predictionCount(of: index))
  }

  /// The part of all samples that were recognized; `nil` where there are none.
  public var accuracy: Double? {
    Self.ratio(
      classes.indices.reduce(0) { $0 + counts[$1][$1] }, counts.joined().reduce(0, +))
  }

  /// A kind of mistake.
  public struct Confusion: Hashable, Sendable {
    /// The index of the right class.
    public let truth: Int
    /// The index of the class that was predicted.
    public let predicted: Int
    public let count: Int
  }

  /// The kinds of mistakes that were made, the most frequent first.
  public var confusions: [Confusion] {
    classes.indices.flatMap { truth in
      classes.indices.filter { $0 != truth && counts[truth][$0] > 0 }
        .map { Confusion(truth: truth, predicted: $0, count: counts[truth][$0]) }
    }.sorted { ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted) }
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
