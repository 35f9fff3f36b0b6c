public import GraftLanguage
public import GraftModels
public import GraftRuntime
public import GraftTasks
public import GraftText
public import GraftTraining

/// One class a text, or a pair of texts.
public typealias TextClassification = Classification<TextPreprocessor>

extension Learner where Goal == TextClassification {
  /// Prepares a text encoder with a new head to tell classes of texts.
  ///
  /// - Parameters:
  ///   - classifier: The encoder with its head.
  ///   - tokenizer: That of the encoder's weights.
  ///   - longest: The most tokens of a text, those that frame it included.
  ///   - device: By default what ``DeviceChoice/automatic`` opens.
  /// - Throws: ``ModelError`` where the plan names an unknown layer or leaves nothing to train, or weights
  ///   don't fit; what opening the device throws.
  public convenience init(
    _ classifier: TextClassifier, classNames: [String], tokenizer: some TextTokenizer,
    longest: Int = 128, freezing: FreezePlan = .none, loss: some Loss = .crossEntropy,
    optimizer: Optimizer = .adamW(2e-5), device: (any Device)? = nil, seed: UInt64 = 0
  ) throws {
    let isBinary = classifier.outputCount == 1
    let task = TextClassification(
      TextPreprocessor(tokenizer, for: classifier.encoder, longest: longest),
      classCount: isBinary ? 2 : classifier.outputCount, loss: loss, isBinary: isBinary)
    try self.init(
      Model(classifier, name: "text", classNames: classNames), task: task, freezing: freezing,
      optimizer: optimizer, device: device, seed: seed)
  }

  /// The class of each text, most probable first.
  public func predict(
    _ texts: Text..., isolation: isolated (any Actor)? = #isolation
  ) async throws -> [ClassPrediction] {
    try await predict(texts.map { Labeled($0) })
  }
}
