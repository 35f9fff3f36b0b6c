public import GraftData
public import GraftGraph
public import GraftLayers
import GraftText
public import GraftTraining

/// Answers to questions that are parts of a given text (extractive; SQuAD, Rajpurkar et al. 2016).
///
/// The network gives `start` and `end`, scores for each token: see ``SpanReader``. Where a context is too
/// long for a row it becomes several windows, each with the whole question: ``windows(of:)`` makes the
/// samples. A window without the answer, or with a part of it, is taught to point at the first token.
public struct QuestionAnswering: LearningTask {
  public typealias Sample = QuestionWindow

  /// How texts become tokens, and how long rows are.
  public var inputs: TextPreprocessor
  /// How many tokens of the context two windows have in common.
  public var stride: Int
  /// The most tokens of an answer.
  public var longestAnswer = 15
  /// How many answers are given to a question, the best first.
  public var answerCount = 1
  /// Whether "there is no answer" is an answer: an empty text, whose score is that of the first token in
  /// the window where it is least. Otherwise the best part of the context is always given.
  public var answersNothing = false
  @Described public var loss: any Loss
  @DescribedList public var metrics: [any Metric]

  /// - Parameter stride: How many tokens of the context two windows have in common; half of the longest
  ///   row, but no more than 128, if `nil`.
  public init(_ inputs: TextPreprocessor, stride: Int? = nil, loss: some Loss = SpanLoss()) {
    self.inputs = inputs
    self.stride = stride ?? min((inputs.lengths.first ?? 0) / 2, 128)
    _loss = Described(wrappedValue: loss)
    _metrics = DescribedList(wrappedValue: [SpanAccuracy()])
  }

  /// The samples of a question: one, or as many as its context needs.
  ///
  /// - Throws: ``QuestionError`` where an answer isn't in the context; `TokenizerError` where the question
  ///   leaves no room for the context.
  public func windows(of question: Question) throws -> [QuestionWindow] {
    try question.checkAnswers()
    return try inputs.tokenizer.windows(
      question.text, question.context, longest: inputs.lengths.first ?? 0, stride: stride
    ).map { QuestionWindow(question: question, tokens: $0) }
  }

  /// The samples of some questions.
  ///
  /// - Throws: As ``windows(of:)-(Question)`` does.
  public func windows(of questions: [Question]) throws -> Samples<QuestionWindow> {
    Samples(try questions.flatMap { try windows(of: $0) })
  }

  public var signatures: [Signature] {
    zip(inputs.signatures, inputs.lengths).map { signature, length in
      signature + Signature(SpanTensor.names.map { TensorSpec($0, [length], kind: .target) })
    }
  }

  public func signature(of sample: QuestionWindow) -> Int {
    inputs.signature(ofCount: sample.tokens.count)
  }

  /// - Throws: `TextLengthError` where the lengths of rows make no sense.
  public func makeWriter(_ augmentation: Never?) throws -> SampleWriter<QuestionWindow> {
    try inputs.checkLengths()
    return { sample, row, _ in
      try inputs.write(sample.tokens, to: row)
      guard row.wants(SpanTensor.start) else { return }
      guard let target = sample.target else {
        throw QuestionError(
          "the question '\(sample.question.text)' has no answers; training and evaluation need them, an "
            + "empty list where the context has none")
      }
      for (name, place) in zip(SpanTensor.names, [target.start, target.end]) {
        let numbers = try row.floats(name)
        numbers.update(repeating: 0)
        numbers[place] = 1
      }
    }
  }

  public func check(_ outputs: Signature) throws {
    for name in SpanTensor.names where outputs[name]?.type.shape.rank != 1 {
      throw QuestionError(
        "a network that answers questions gives 'start' and 'end', a score for each token, but this "
          + "one gives \(outputs); take a SpanReader")
    }
  }

  public func predictions(_ outputs: Tensors, in scope: Scope) -> Tensors {
    Tensors(SpanTensor.names.map { ($0, outputs[$0, scope]) })
  }

  /// The best answers of one window.
  public func prediction(
    _ row: TensorValues, of sample: QuestionWindow
  ) -> WindowPrediction {
    var reading = SpanReading(
      start: row[SpanTensor.start], end: row[SpanTensor.end], tokens: sample.tokens)
    let nothing = reading.takeNothing()
    let scalars = Array(sample.question.context.unicodeScalars)
    let best = reading.best(answerCount, longest: longestAnswer)
    return WindowPrediction(
      answers: best.map { span in
        let low = sample.tokens.offsets[span.start].lowerBound
        let high = max(low, sample.tokens.offsets[span.end].upperBound)
        return AnswerPrediction(scalars, low..<min(high, scalars.count), score: span.score)
      }, nothing: nothing)
  }

  /// The best answers of all windows of a question: of equal texts, capitals aside, scores are added up.
  public func answers(of windows: [WindowPrediction]) -> [AnswerPrediction] {
    var answers: [AnswerPrediction] = []
    for answer in windows.flatMap(\.answers) {
      let known = answers.firstIndex { $0.text.lowercased() == answer.text.lowercased() }
      if let known { answers[known].score += answer.score } else { answers.append(answer) }
    }
    if answersNothing, let nothing = windows.map(\.nothing).min() {
      answers.append(AnswerPrediction([], 0..<0, score: nothing))
    }
    // In order where scores are equal.
    let sorted = answers.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }
    return sorted.prefix(answerCount).map(\.element)
  }
}

/// A part of a context that answers a question.
public struct AnswerPrediction: Hashable, Sendable {
  /// As it stands in the context; empty where there is no answer.
  public var text: String
  /// Where it stands in the context, in Unicode scalars.
  public var range: Range<Int>
  /// The probability that it starts where it does, times that it ends there; of several windows, the sum.
  public var score: Float

  init(_ scalars: [Unicode.Scalar], _ range: Range<Int>, score: Float) {
    text = String(String.UnicodeScalarView(scalars[range]))
    (self.range, self.score) = (range, score)
  }
}

/// What a model says of one window of a context.
public struct WindowPrediction: Hashable, Sendable {
  /// The best first.
  public var answers: [AnswerPrediction]
  /// How probable it is that the window has no answer.
  public var nothing: Float
}
