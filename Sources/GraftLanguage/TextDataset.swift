public import GraftData
public import GraftText

/// Texts in memory, each with its class.
public struct TextDataset: ClassifiedDataset {
  public typealias Input = Text

  /// The names of the classes.
  public let classes: [String]
  private let texts: [Text]
  private let labels: [Int]

  /// Texts with the numbers of their classes.
  ///
  /// - Throws: ``TextDatasetError`` where there are more or fewer labels than texts, or a label is no
  ///   class.
  public init(_ texts: [Text], labels: [Int], classes: [String]) throws {
    guard texts.count == labels.count else {
      throw TextDatasetError("there are \(texts.count) texts, but \(labels.count) labels")
    }
    if let index = labels.firstIndex(where: { !classes.indices.contains($0) }) {
      throw TextDatasetError(
        "the label of text \(index) is \(labels[index]), but the \(classes.count) classes are "
          + "numbered from 0")
    }
    (self.texts, self.labels, self.classes) = (texts, labels, classes)
  }

  /// Texts with the names of their classes, which are sorted by their bytes.
  ///
  /// - Throws: ``TextDatasetError`` where there are more or fewer labels than texts.
  public init(_ texts: [Text], classNames: [String]) throws {
    let classes = Set(classNames).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    try self.init(texts, labels: classNames.map { numbers[$0] ?? 0 }, classes: classes)
  }

  public var count: Int { texts.count }
  public func label(at index: Int) -> Int { labels[index] }
  public func sample(at index: Int) -> Labeled<Text, Int> { Labeled(texts[index], labels[index]) }
}

/// Texts that make no data set.
public struct TextDatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
