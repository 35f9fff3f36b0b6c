import Foundation

/// How well answers agree with those that people gave, as the script that evaluates SQuAD counts it: without
/// capitals, punctuation, articles and double spaces.
public struct AnswerScore: Hashable, Sendable {
  /// The share of questions whose answer is one of the given ones.
  public var exactMatch = 0.0
  /// The mean of the best F1 of the words that an answer has in common with one of the given ones.
  public var f1 = 0.0

  /// Compares an answer to each question with those that people gave; where they gave none, only an empty
  /// answer is right.
  public init(_ answers: [(answer: String, expected: [String])]) {
    guard !answers.isEmpty else { return }
    for (answer, expected) in answers {
      let expected = expected.isEmpty ? [""] : expected
      exactMatch += expected.contains { Self.words($0) == Self.words(answer) } ? 1 : 0
      f1 += expected.map { Self.f1(answer, $0) }.max() ?? 0
    }
    exactMatch /= Double(answers.count)
    f1 /= Double(answers.count)
  }

  /// What is compared of a text.
  private static func words(_ text: String) -> [String] {
    let signs = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)
    let kept = String(
      String.UnicodeScalarView(text.lowercased().unicodeScalars.filter { !signs.contains($0) }))
    return withoutArticles(kept).unicodeScalars.split { $0.properties.isWhitespace }
      .map { String($0) }
  }

  /// Articles go where they are words, which end at anything but letters, numbers and underscores.
  private static func withoutArticles(_ text: String) -> String {
    text.replacingOccurrences(
      of: #"\b(a|an|the)\b"#, with: " ", options: .regularExpression)
  }

  private static func f1(_ answer: String, _ expected: String) -> Double {
    let (found, wanted) = (words(answer), words(expected))
    if found.isEmpty || wanted.isEmpty { return found == wanted ? 1 : 0 }
    var rest = Dictionary(wanted.map { ($0, 1) }, uniquingKeysWith: +)
    var commonCount = 0
    for word in found where rest[word, default: 0] > 0 {
      rest[word, default: 0] -= 1
      commonCount += 1
    }
    guard commonCount > 0 else { return 0 }
    let precision = Double(commonCount) / Double(found.count)
    let recall = Double(commonCount) / Double(wanted.count)
    return 2 * precision * recall / (precision + recall)
  }
}
