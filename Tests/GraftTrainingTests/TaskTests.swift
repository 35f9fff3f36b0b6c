import Foundation
import Graft
import Testing

/// Tasks beside classes: sets of classes and numbers; and what is told before anything is compiled.
@Suite struct TaskTests {
  private static let shape = [1, 1, 3]
  private static let values: [Float] = [1, 0, 2, 0, 1, 1, 2, 2, 0, 1, 1, 1]

  private static func model(_ name: String = "model", @LayerBuilder _ layers: () -> [any Layer])
    -> Model
  {
    Model(name: name, inputSize: 1, inputChannels: 3, layers: layers)
  }

  private static var inputs: ImagePreprocessor {
    ImagePreprocessor(Preprocessing(size: ImageSize(1), resizeRule: .stretch), shape: shape)
  }

  private static func set<Goal>(_ learner: Learner<Goal>, _ kernel: [Float], _ bias: [Float])
    throws
  {
    let path = try learner.model.parameters.map(\.path.description).first {
      $0.hasSuffix("weight")
    }
    let stem = (path ?? "").dropLast("weight".count)
    let store = try learner.parameters()
    store.set(
      ParameterPath("\(stem)weight"), shape: [3, bias.count], to: kernel)
    store.set(ParameterPath("\(stem)bias"), shape: [bias.count], to: bias)
  }

  /// By PyTorch:
  ///
  ///     x = torch.tensor([[1,0,2],[0,1,1],[2,2,0],[1,1,1]]).float()
  ///     y = torch.tensor([[1,0],[0,1],[1,1],[0,0]]).float()
  ///     w = torch.tensor([[.5,-.25],[.25,.5],[-.5,1.]]); b = torch.tensor([.1,-.2]); w, b require grad
  ///     binary_cross_entropy_with_logits(x @ w + b, y), one step of SGD with rate .5, and again
  @Test func setsOfClassesAreLearnedAsPyTorchDoes() async throws {
    let expected: [Float] = [0.8111442297, 0.7594772603]
    let wanted: [[Float]] = [
      [0.4013123402, 0.8249137314], [0.4625701550, 0.7858349825], [0.8320183853, 0.5744425161],
      [0.5866175793, 0.7407748986],
    ]
    let learner = try Learner(
      Self.model {
        Flatten()
        Dense(2)
      }, task: MultiLabel(Self.inputs, classCount: 2), optimizer: .sgd(0.5), device: CPUDevice())
    try Self.set(learner, [0.5, -0.25, 0.25, 0.5, -0.5, 1], [0.1, -0.2])
    let data = try ArrayDataset<Set<Int>>(
      values: Self.values, sampleShape: Self.shape, targets: [[0], [1], [0, 1], []])
    let before = try await learner.evaluate(on: BatchLoader(data, learner.task))
    #expect(abs(before.loss - expected[0]) < 1e-6)
    #expect(before["accuracy"] == 0.5)
    #expect(before["exactMatch"] == 0.5)
    let predictions = try await learner.predict(data)
    for (prediction, probabilities) in zip(predictions, wanted) {
      for (a, b) in zip(prediction.probabilities, probabilities) { #expect(abs(a - b) < 1e-6) }
      #expect(prediction.labels == Set([0, 1].filter { probabilities[$0] > 0.5 }))
      #expect(prediction.isRight == (prediction.labels == prediction.expected))
    }
    learner.task.threshold = 0
    #expect(try await learner.predict(data).allSatisfy { $0.labels == [0, 1] })
    let history = try await learner.fit(data, epochs: 2, batchSize: 4) { _ in }
    for (record, loss) in zip(history.epochs, expected) {
      #expect(abs(record.training.loss - loss) < 1e-6)
    }
  }

  /// By PyTorch, with the same numbers: mse_loss, l1_loss, and mse_loss after a step with rate 0.1.
  @Test func numbersAreLearnedAsPyTorchDoes() async throws {
    let expected: [Float] = [1.6609374996, 1.2919570309]
    let learner = try Learner(
      Self.model {
        Flatten()
        Dense(2)
      }, task: Regression(Self.inputs, names: ["width", "height"]), optimizer: .sgd(0.1),
      device: CPUDevice())
    try Self.set(learner, [0.5, -0.25, 0.25, 0.5, -0.5, 1], [0.1, -0.2])
    let data = try ArrayDataset<[Float]>(
      values: Self.values, sampleShape: Self.shape,
      targets: [[1, 0], [0.5, 2], [-1, 1], [0, 0.25]])
    let before = try await learner.evaluate(on: BatchLoader(data, learner.task))
    #expect(abs(before.loss - expected[0]) < 1e-6)
    #expect(abs(try #require(before["meanAbsoluteError"]) - 1.09375) < 1e-6)
    let first = try await learner.predict(data)[0]
    #expect(abs(try #require(first["height"]) - 1.55) < 1e-6)
    #expect(first["depth"] == nil)
    #expect(first.expected == [1, 0])
    let history = try await learner.fit(data, epochs: 2, batchSize: 4) { _ in }
    for (record, loss) in zip(history.epochs, expected) {
      #expect(abs(record.training.loss - loss) < 1e-6)
    }
  }

  @Test func targetsThatCanNotBeLearnedAreRefused() async throws {
    let data = try ArrayDataset(
      values: Self.values, sampleShape: Self.shape, targets: [1, 2, .infinity, 3])
    let learner = try Learner(
      Self.model {
        Flatten()
        Dense(1)
      }, task: Regression(Self.inputs, names: ["size"]), device: CPUDevice())
    await #expect(throws: TargetError.self) { try await learner.fit(data, epochs: 1) { _ in } }
    let sets = try Learner(
      Self.model {
        Flatten()
        Dense(1)
      }, task: MultiLabel(Self.inputs, classCount: 1), device: CPUDevice())
    let labels = try ArrayDataset<Set<Int>>(
      values: Self.values, sampleShape: Self.shape, targets: [[0], [], [1], [0]])
    let error = await #expect(throws: LabelError.self) {
      try await sets.fit(labels, epochs: 1) { _ in }
    }
    #expect(error?.label == 1)
    #expect(throws: ArrayDatasetError.label(-1, index: 1, classCount: 1)) {
      try ArrayDataset<Set<Int>>(values: [1, 2], sampleShape: [1], targets: [[0], [-1]])
    }
    #expect(throws: ArrayDatasetError.targetCount(expected: 1, found: 2, index: 1)) {
      try ArrayDataset<[Float]>(values: [1, 2], sampleShape: [1], targets: [[0], [1, 2]])
    }
    #expect(
      try ArrayDataset(values: [1, 2], sampleShape: [1], targets: [0, 1]).classes.count == 2)
  }

  /// What a network ends in, what it is to learn, and what is wrong with that.
  private static let misfits: [(name: String, layers: [any Layer], loss: any Loss, error: String)] =
    [
      ("softmax", [Dense(2, activation: .softmax)], .binaryCrossEntropy, "ends in a softmax"),
      ("sigmoid", [Dense(2, activation: .sigmoid)], .crossEntropy, "ends in a sigmoid"),
      (
        "twice", [Dense(2, activation: .softmax), Softmax()], .crossEntropy,
        "one softmax, which comes"
      ),
      (
        "dropped", [Dense(2, activation: .softmax), Dropout(0.1)], .crossEntropy,
        "ends in a softmax"
      ),
      ("one", [Dense(1)], .crossEntropy, "a softmax of one output is always 1"),
    ]

  @Test(arguments: misfits.indices) func misfitsAreToldBeforeAnythingIsCompiled(index: Int)
    async throws
  {
    let misfit = Self.misfits[index]
    func check<Goal: LearningTask>(_ learner: Learner<Goal>, _ data: some Dataset<Goal.Sample>)
      async throws
    {
      let fitting = await #expect(throws: GraphError.self) {
        try await learner.fit(data, epochs: 1) { _ in }
      }
      #expect(fitting?.description.contains(misfit.error) == true, "\(String(describing: fitting))")
      // Without dropout, the softmax comes last.
      if misfit.name == "dropped" { return }
      await #expect(throws: GraphError.self) {
        try await learner.evaluate(on: BatchLoader(data, learner.task))
      }
      await #expect(throws: GraphError.self) { try await learner.predict(data) }
    }
    let model = Self.model {
      Flatten()
      misfit.layers
    }
    func task(_ loss: some Loss) -> ImageClassification {
      ImageClassification(
        Self.inputs, classCount: 2, loss: loss, isBinary: misfit.name == "one")
    }
    let data = try ArrayDataset(
      values: Self.values, sampleShape: Self.shape, targets: [0, 1, 1, 0])
    try await check(Learner(model, task: task(misfit.loss), device: CPUDevice()), data)
    guard misfit.name == "softmax" else { return }
    let sets = try ArrayDataset<Set<Int>>(
      values: Self.values, sampleShape: Self.shape, targets: [[0], [1], [1], []])
    try await check(
      Learner(model, task: MultiLabel(Self.inputs, classCount: 2), device: CPUDevice()), sets)
  }

  /// A softmax at the end is taken for what it is, by loss and predictions.
  @Test func denseEndsInSoftmax() async throws {
    let data = try ArrayDataset(
      values: Self.values, sampleShape: Self.shape, targets: [0, 1, 1, 0])
    func run(_ layers: [any Layer]) async throws -> ([Float], Float) {
      let learner = try Learner(
        Self.model {
          Flatten()
          layers
        }, optimizer: .sgd(0.1), device: CPUDevice())
      let history = try await learner.fit(data, epochs: 2) { _ in }
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "graft-softmax-\(UInt64.random(in: 0...UInt64.max))")
      defer { try? FileManager.default.removeItem(at: folder) }
      try learner.save(to: folder)
      let opened = try Learner(bundle: folder, device: CPUDevice())
      let probabilities = try await opened.classify(data).flatMap(\.probabilities)
      #expect(try await learner.classify(data).flatMap(\.probabilities) == probabilities)
      #expect(
        (opened.model.layers.last as? Dense)?.scoreFunction
          == (layers.last as? Dense)?.scoreFunction)
      return (probabilities, history.epochs[1].training.loss)
    }
    let (plain, loss) = try await run([Dense(2)])
    let (softened, other) = try await run([Dense(2, activation: .softmax)])
    #expect(loss == other)
    for (a, b) in zip(plain, softened) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func bareFeaturesAreNoScores() async throws {
    let base = try Backbone.named("squeezenet1.1")(
      includesTop: false, pooling: .average, inputSize: 32)
    let learner = try Learner(Model { base }, device: CPUDevice())
    let data = try ArrayDataset(
      values: Array(repeating: 0, count: 32 * 32 * 3), sampleShape: [32, 32, 3], labels: [0])
    for run in [
      { _ = try await learner.predict(data) },
      { try await learner.fit(data as any Dataset<Labeled<Image, Int>>, epochs: 1) { _ in } },
    ] as [() async throws -> Void] {
      let error = await #expect(throws: LearnerError.self) { try await run() }
      #expect(error?.description.contains("features of 'squeezenet1.1'") == true)
    }
  }

  @Test func metricsHaveNamesOfTheirOwn() async throws {
    let learner = try Learner(
      Self.model {
        Flatten()
        Dense(2)
      }, device: CPUDevice())
    learner.task.metrics.append(Accuracy(.eachAnswer))
    let data = try ArrayDataset(
      values: Self.values, sampleShape: Self.shape, targets: [0, 1, 1, 0])
    let error = await #expect(throws: OptionError.self) {
      try await learner.fit(data, epochs: 1) { _ in }
    }
    #expect(error?.description.contains("the name of the metric Accuracy is 'accuracy'") == true)
    learner.task.metrics = [ExactMatch(), Accuracy()]
    #expect(try await learner.evaluate(data).values.count == 2)
  }

  /// A field of this name would be taken for the type's name.
  private struct Kinded: Loss {
    var kind = 1
    func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
      MeanSquaredError().trace(outputs, targets, in: scope)
    }
  }

  @Test func fieldsThatWouldBeLostAreToldOf() {
    let error = #expect(throws: UndescribableValue.self) {
      try JSONEncoder().encode(Regression(Self.inputs, names: ["a"], loss: Kinded()))
    }
    #expect(error?.description.contains("Kinded has a field called 'kind'") == true)
  }

  /// A task is a value that is saved with its loss and metrics.
  @Test func tasksAreKept() throws {
    func kept<Goal: LearningTask>(_ task: Goal) throws -> Goal {
      let decoder = JSONDecoder()
      decoder.userInfo[.catalogue] = Catalogue([
        BinaryCrossEntropy.self, MeanSquaredError.self, Accuracy.self, ExactMatch.self,
        MeanAbsoluteError.self,
      ])
      return try decoder.decode(Goal.self, from: JSONEncoder().encode(task))
    }
    let sets = MultiLabel(Self.inputs, classCount: 2, threshold: 0.25)
    #expect(try kept(sets) == sets)
    #expect(try kept(sets).metrics.map(\.name) == ["accuracy", "exactMatch"])
    let numbers = Regression(Self.inputs, names: ["a", "b"])
    #expect(try kept(numbers) == numbers)
    #expect(try kept(numbers).names == ["a", "b"])
  }
}
