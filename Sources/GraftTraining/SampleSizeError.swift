/// Samples with other numbers than a model takes or gives.
public struct SampleSizeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was given: `samples`, `targets` or `weights`.
  public let name: String
  /// How many numbers each sample has of them.
  public let expected: Int
  /// How many numbers came for all samples of the batch.
  public let found: Int
  /// How many samples the batch has.
  public let count: Int

  public var description: String {
    let each = count > 0 && found % count == 0 ? " (\(found / count) each)" : ""
    return "the model needs \(expected) numbers of \(name) for each sample, but a batch of "
      + "\(count) came with \(found)\(each); give samples of the model's input and targets of its "
      + "output"
  }

  /// - Throws: ``SampleSizeError`` unless there are so many numbers for each of `count` samples.
  static func check(
    _ found: Int, of name: String, expected: Int, count: Int
  ) throws(SampleSizeError) {
    guard found == expected * count else {
      throw SampleSizeError(name: name, expected: expected, found: found, count: count)
    }
  }
}
