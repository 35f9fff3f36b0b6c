public import GraftLanguage
public import GraftModels
public import GraftRuntime
public import GraftText
public import GraftTraining

extension Learner where Goal == QuestionAnswering {
  /// Prepares a text encoder with a head for spans to answer questions.
  ///
  /// - Parameters:
  ///   - reader: The encoder with its head.
  ///   - tokenizer: That of the encoder's weights.
  ///   - longest: The most tokens of a row: a question with a part of its context.
  ///   - stride: How many tokens of a context two rows have in common; half of a row, but no more than
  ///     128, if `nil`.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Throws: ``ModelError`` where the plan names an unknown layer or leaves nothing to train, or weights
  ///   don't fit; what opening the device throws.
  public convenience init(
    _ reader: SpanReader, tokenizer: some TextTokenizer, longest: Int = 384, stride: Int? = nil,
    freezing: FreezePlan = .none, optimizer: Optimizer = .adamW(3e-5),
    device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let inputs = TextPreprocessor(
      tokenizer, for: reader.encoder, longest: longest, lengths: [64, 128, 256])
    try self.init(
      Model(reader, name: "reader"), task: QuestionAnswering(inputs, stride: stride),
      freezing: freezing, optimizer: optimizer, device: device, seed: seed)
  }

  /// Trains on questions with their answers.
  ///
  /// - Returns: The epochs of this fit.
  /// - Throws: ``QuestionError`` where an answer isn't in its context; as
  ///   ``fit(on:validation:options:isolation:_:)`` does.
  @discardableResult
  public func fit(
    _ questions: [Question], validation: [Question] = [], epochs: Int, batchSize: Int = 16,
    schedule: RateSchedule = .constant, isolation: isolated (any Actor)? = #isolation,
    _ body: ((TrainingEvent) throws -> Void)? = nil
  ) async throws -> History {
    try await fit(
      task.windows(of: questions),
      validation: validation.isEmpty ? nil : task.windows(of: validation), epochs: epochs,
      batchSize: batchSize, schedule: schedule, isolation: isolation, body)
  }

  /// The best answers to each question, as many as the task says, the best first.
  ///
  /// - Throws: `TokenizerError` where a question leaves no room for its context.
  public func answers(
    to questions: [Question], batchSize: Int = 16, isolation: isolated (any Actor)? = #isolation
  ) async throws -> [[AnswerPrediction]] {
    let windows = try questions.map { try task.windows(of: $0) }
    let predictions = try await predict(windows.flatMap { $0 }, batchSize: batchSize)
    var end = 0
    return windows.map { own in
      defer { end += own.count }
      return task.answers(of: Array(predictions[end..<end + own.count]))
    }
  }

  /// How well the best answers agree with those that the questions have.
  ///
  /// - Throws: As ``answers(to:batchSize:isolation:)`` does.
  public func score(
    _ questions: [Question], batchSize: Int = 16, isolation: isolated (any Actor)? = #isolation
  ) async throws -> AnswerScore {
    let answers = try await answers(to: questions, batchSize: batchSize)
    return AnswerScore(
      zip(answers, questions).map { found, question in
        (found.first?.text ?? "", question.answers?.map(\.text) ?? [])
      })
  }
}
