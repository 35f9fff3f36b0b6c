import Foundation
import GraftText

/// Reads spans from the scores of a row, as the question-answering pipeline of transformers does (4.57,
/// with `align_to_words` off).
struct SpanReading {
  /// Probabilities of each token of the row to be the first or the last of the answer.
  private var start: [Float]
  private var end: [Float]

  /// Probabilities over the tokens of the context and the first one of the row, which stands for none.
  init(start: [Float], end: [Float], tokens: TokenizedText) {
    func probabilities(_ scores: [Float]) -> [Float] {
      let kept = scores.indices.filter { index in
        index == 0 || (index < tokens.count && tokens.texts[index] == 1)
      }
      let greatest = kept.map { scores[$0] }.max() ?? 0
      var result = Array(repeating: Float(0), count: scores.count)
      for index in kept { result[index] = exp(scores[index] - greatest) }
      let sum = result.reduce(0, +)
      return result.map { $0 / sum }
    }
    (self.start, self.end) = (probabilities(start), probabilities(end))
  }

  /// The probability that there is no answer, which is none of the spans from now on.
  mutating func takeNothing() -> Float {
    guard !start.isEmpty, !end.isEmpty else { return 1 }
    defer { (start[0], end[0]) = (0, 0) }
    return start[0] * end[0]
  }

  /// The best spans of up to `longest` tokens, the best first.
  func best(
    _ count: Int, longest: Int
  ) -> [(start: Int, end: Int, score: Float)] {
    var spans: [(start: Int, end: Int, score: Float)] = []
    for first in start.indices where start[first] > 0 {
      for last in first..<min(first + max(longest, 1), end.count) where end[last] > 0 {
        let score = start[first] * end[last]
        guard spans.count < count || score > spans.last?.score ?? 0 else { continue }
        let place = spans.firstIndex { $0.score < score } ?? spans.endIndex
        spans.insert((first, last, score), at: place)
        if spans.count > count { spans.removeLast() }
      }
    }
    return spans
  }
}
