public import GraftText

/// A question, a text that may answer it and, where they are known, answers.
public struct Question: Hashable, Codable, Sendable {
  /// A part of the context.
  public struct Answer: Hashable, Codable, Sendable {
    public var text: String
    /// Where it begins in the context, in Unicode scalars, as SQuAD's `answer_start` counts.
    public var start: Int

    /// A part of the context that begins at `start`, in Unicode scalars.
    public init(_ text: String, at start: Int) { (self.text, self.start) = (text, start) }

    var range: Range<Int> { start..<start + text.unicodeScalars.count }
  }

  public var text: String
  public var context: String
  /// `nil` where nothing is known; empty where the context has no answer.
  public var answers: [Answer]?

  /// A question to a context.
  public init(_ text: String, in context: String, answers: [Answer]? = nil) {
    (self.text, self.context, self.answers) = (text, context, answers)
  }

  /// - Throws: ``QuestionError`` where an answer isn't what the context says at its place.
  func checkAnswers() throws {
    let scalars = Array(context.unicodeScalars)
    for answer in answers ?? [] {
      let range = answer.range
      let isInside = range.lowerBound >= 0 && range.upperBound <= scalars.count
      guard isInside, !range.isEmpty, scalars[range].elementsEqual(answer.text.unicodeScalars)
      else {
        throw QuestionError(
          "the answer '\(answer.text)' to '\(text)' isn't at \(answer.start) of its context; places are "
            + "counted in Unicode scalars from 0")
      }
    }
  }
}

/// A question with a part of its context that fits a row.
public struct QuestionWindow: Hashable, Sendable {
  public var question: Question
  /// The question's tokens and those of the window, framed; places are those in the whole context.
  public var tokens: TokenizedText

  /// The tokens of the context.
  var contextTokens: Range<Int> {
    let first = tokens.texts.firstIndex(of: 1) ?? 0
    return first..<(tokens.texts.lastIndex(of: 1).map { $0 + 1 } ?? first)
  }

  /// The first and the last token of the first answer; the first token of the row for both where the
  /// window has no answer, or only a part of it; `nil` where nothing is known.
  var target: (start: Int, end: Int)? {
    guard let answers = question.answers else { return nil }
    let own = contextTokens
    guard let range = answers.first?.range, !own.isEmpty,
      tokens.offsets[own.lowerBound].lowerBound <= range.lowerBound,
      tokens.offsets[own.upperBound - 1].upperBound >= range.upperBound,
      let start = own.last(where: { tokens.offsets[$0].lowerBound <= range.lowerBound }),
      let end = own.first(where: { tokens.offsets[$0].upperBound >= range.upperBound })
    else { return (0, 0) }
    return (start, end)
  }
}

/// A question that can't be learned.
public struct QuestionError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
