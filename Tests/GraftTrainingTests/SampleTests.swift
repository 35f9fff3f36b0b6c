import Graft
import Testing

/// What reaches the model of each sample, and what is refused before anything is copied.
@Suite struct SampleTests {
  private static func pictures() throws -> PixelDataset {
    var generator = SeededGenerator(seed: 3)
    let pixels = (0..<6 * 16 * 16 * 3).map { _ in UInt8(generator.nextInt(below: 256)) }
    return try PixelDataset(
      pixels: .init(pixels), size: ImageSize(width: 16, height: 16),
      labels: (0..<6).map { $0 % 2 })
  }

  private static func values(
    _ loader: BatchLoader, _ order: [[Int]], epoch: Int
  ) throws -> [Int: [Float]] {
    let batches = try loader.batches(order.map { PlannedBatch($0) }, epoch: epoch)
    var result: [Int: [Float]] = [:]
    while let batch = try batches.next() {
      let values = batch.floats("input")
      let size = values.count / batch.count
      for (row, sample) in batch.samples.enumerated() {
        result[sample] = Array(values[row * size..<(row + 1) * size])
      }
    }
    return result
  }

  private static func loader(_ pictures: some Dataset<Labeled<Image, Int>>) throws -> BatchLoader {
    try BatchLoader(
      UnlabeledDataset(pictures), ImagePreprocessor(.unitRange(size: 12)),
      augmentation: .standard, options: .init(seed: 4))
  }

  @Test func augmentationFollowsTheSampleNotItsPlace() throws {
    let feed = try Self.loader(Self.pictures())
    let inOrder = try Self.values(feed, [[0, 1, 2, 3], [4, 5]], epoch: 1)
    let shuffled = try Self.values(feed, [[5, 2, 0, 4], [3, 1]], epoch: 1)
    #expect(inOrder == shuffled)
    let part = try Self.loader(Self.pictures().subset([4, 1]))
    let ofPart = try Self.values(part, [[1, 0]], epoch: 1)
    #expect(ofPart[0] == inOrder[4])
    #expect(ofPart[1] == inOrder[1])
    let later = try Self.values(feed, [[0, 1, 2, 3], [4, 5]], epoch: 2)
    for sample in 0..<6 { #expect(later[sample] != inOrder[sample]) }
  }

  /// A model of 64 numbers and three classes.
  private static func makeLearner() throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: Extent2D(1, 64), inputChannels: 1) {
      Flatten()
      Dense(3)
    }
    return try Learner(model, device: CPUDevice())
  }

  private static func feed(width: Int, targetWidth: Int = 3) throws -> ArraySource {
    try ArraySource(
      samples: Array(repeating: 1, count: 31 * width),
      targets: Array(repeating: 0, count: 31 * targetWidth), sampleCount: 31)
  }

  @Test(arguments: [80, 63, 1])
  func samplesOfAnotherSizeAreRefused(width: Int) async throws {
    let learner = try Self.makeLearner()
    let feed = try Self.feed(width: width)
    var errors = [
      await #expect(throws: SampleSizeError.self) { _ = try await learner.evaluate(on: feed) },
      await #expect(throws: SampleSizeError.self) { _ = try await learner.predict(feed) },
    ]
    for options in [TrainingOptions(epochs: 1), TrainingOptions(epochs: 1, batchSize: 31)] {
      errors.append(
        await #expect(throws: SampleSizeError.self) {
          try await learner.fit(on: feed, options: options)
        })
    }
    let words = "needs 64 numbers of input for each sample, but a batch of 31 came with"
    for error in errors {
      #expect(error?.description.contains("\(words) \(31 * width) (\(width) each)") == true)
    }
  }

  @Test(arguments: [0, 2, 4])
  func targetsOfAnotherWidthAreRefused(width: Int) async throws {
    let learner = try Self.makeLearner()
    let feed = try Self.feed(width: 64, targetWidth: width)
    await #expect(throws: LearnerError.self) { try await learner.evaluate(on: feed) }
    #expect(throws: LearnerError.self) { try learner.training(on: feed) }
    let right = try Self.feed(width: 64)
    #expect(throws: LearnerError.self) { try learner.training(on: right, validation: feed) }
    #expect(try await learner.predict(feed).count == 31)
  }

  @Test func targetsAreCheckedWhereTheyAreCopied() throws {
    let learner = try Self.makeLearner()
    let model = learner.model
    let engine = try TrainingEngine(
      session: CPUDevice().makeSession(parameters: learner.parameters()),
      configuration: learner.configuration()
    ) { try model.trace(batchSize: $0) }
    func evaluate(samples: Int = 128, targets: Int, weights: Int) throws {
      _ = try engine.evaluate(
        .given(
          [0, 1], Array(repeating: 0, count: samples),
          targets: Array(repeating: 0, count: targets),
          weights: Array(repeating: 1, count: weights)), batchSize: 4)
    }
    try evaluate(targets: 6, weights: 2)
    #expect(throws: SampleSizeError.self) { try evaluate(samples: 160, targets: 6, weights: 2) }
    #expect(throws: (any Error).self) { try evaluate(targets: 4, weights: 2) }
    #expect(throws: SampleSizeError.self) { try evaluate(targets: 7, weights: 2) }
    #expect(throws: SampleSizeError.self) { try evaluate(targets: 6, weights: 3) }
  }

  @Test func aLabelThatIsNoClassIsNamed() throws {
    struct Wrong: ClassifiedDataset {
      typealias Input = Image
      let count = 3
      let classes = ["a", "b", "c"]
      func label(at index: Int) -> Int { index + 1 }
      func sample(at index: Int) -> Labeled<Image, Int> {
        let numbers = [Float](repeating: 0, count: 64)
        return Labeled(Image(.values(numbers[...], shape: [1, 64, 1])), label(at: index))
      }
    }
    let learner = try Self.makeLearner()
    let error = #expect(throws: LearnerError.self) { try learner.feed(Wrong()) }
    #expect(error?.description.contains("sample 2 is 3") == true)
  }

  static let nonsense: [(String, TrainingOptions)] = [
    ("epochs", TrainingOptions(epochs: -1)),
    ("epochs", TrainingOptions(epochs: .max)),
    ("batchSize", TrainingOptions(batchSize: 0)),
    ("batchSize", TrainingOptions(batchSize: .max)),
    ("warmupSteps", TrainingOptions(warmupSteps: -1)),
    ("featureMemoryLimit", TrainingOptions(featureMemoryLimit: -1)),
    ("patience", TrainingOptions(patience: 0)),
    ("the schedule's factor", TrainingOptions(schedule: .exponential(factor: .nan))),
    ("the schedule's factor", TrainingOptions(schedule: .steps(epochs: [1], factor: -1))),
  ]

  @Test(arguments: nonsense)
  func optionsOfNonsenseAreNamed(name: String, options: TrainingOptions) throws {
    let learner = try Self.makeLearner()
    let feed = try Self.feed(width: 64)
    let error = #expect(throws: OptionError.self) {
      try learner.training(on: feed, validation: feed, options: options)
    }
    #expect(error?.option == name)
  }

  @Test func batchesOfNonsenseAreErrorsWithoutTrainingToo() async throws {
    let learner = try Self.makeLearner()
    let feed = try Self.feed(width: 64)
    for size in [0, -1, .min] {
      await #expect(throws: OptionError.self) {
        try await learner.evaluate(on: feed, batchSize: size)
      }
      await #expect(throws: OptionError.self) { try await learner.predict(feed, batchSize: size) }
      await #expect(throws: OptionError.self) {
        try await learner.features(["dense"], of: feed, batchSize: size)
      }
      #expect(throws: (any Error).self) { try learner.forecast(batchSize: size) }
    }
  }

  @Test(arguments: [
    Optimizer.adam(.nan), .sgd(-1), .adam(.infinity), .adam(beta1: 1), .adam(beta2: -0.1),
    .adamW(weightDecay: .nan), .sgd(momentum: -0.1), .adam(epsilon: -1),
  ])
  func ratesOfNonsenseAreErrors(optimizer: Optimizer) throws {
    let learner = try Self.makeLearner()
    learner.optimizer = optimizer
    let feed = try Self.feed(width: 64)
    #expect(throws: OptionError.self) { try learner.training(on: feed) }
  }

  @Test func penaltiesOfNonsenseAreErrors() throws {
    let learner = try Self.makeLearner()
    learner.l2Penalty = -1
    #expect(throws: OptionError.self) { try learner.configuration() }
    learner.l2Penalty = 0
    learner.loss = CrossEntropy(smoothing: 1)
    #expect(throws: OptionError.self) { try learner.configuration() }
  }
}
