import Foundation
import Graft
import Testing

/// What a bundle keeps of a learner, and what it says where it can't be used.
@Suite struct BundleTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/bundles")

  private static func makeModel() -> Model {
    Model(name: "small", inputSize: 4, classNames: ["dark", "bright"]) {
      Flatten()
      BatchNormalization(epsilon: 1e-3, activation: .relu, tracksUnbiasedVariance: false)
        .named("norm")
      Dense(4, activation: .tanh).named("hidden")
      Dense(2).named("classes")
    }
  }

  private static func makeData() throws -> ArrayDataset<Int> {
    var generator = SeededGenerator(seed: 1)
    let labels = (0..<16).map { $0 % 2 }
    let values = labels.flatMap { label in
      (0..<4 * 4 * 3).map { _ in Float(generator.nextUnit()) + (label == 1 ? 0.4 : 0) }
    }
    return try ArrayDataset(
      values: values, sampleShape: [4, 4, 3], labels: labels, classes: ["dark", "bright"])
  }

  private static func makeLearner(_ plan: FreezePlan) throws -> Learner<ImageClassification> {
    let learner = try Learner(
      makeModel(), freezing: plan, loss: .crossEntropy(smoothing: 0.1),
      optimizer: .sgd(0.03, momentum: 0.9, nesterov: true, weightDecay: 0.01),
      preprocessing: .minusOneToOne(size: 4), device: CPUDevice(), seed: .max)
    (learner.rates, learner.statistics) = (.layers(["classes": 0.5, "hidden": 0.25]), .stored)
    learner.l2Penalty = 1e-4
    return learner
  }

  static let plans: [FreezePlan] = [
    .none, .upTo("hidden"), .from("classes"), .layers(["norm"]), .allExcept(["hidden"]),
    .first(1), .where { $0.role == .bias },
  ]

  @Test(arguments: plans)
  func bringsBackHowItWasTrained(plan: FreezePlan) throws {
    let folder = try TemporaryFolder()
    let learner = try Self.makeLearner(plan)
    try learner.save(to: folder("small.graft"))
    let opened = try Learner(bundle: folder("small.graft"), device: CPUDevice())
    #expect(try opened.configuration() == learner.configuration())
    #expect(opened.freezing.description == learner.freezing.description)
    #expect(opened.optimizer == learner.optimizer)
    #expect(opened.rates == learner.rates)
    #expect(opened.statistics == .stored)
    #expect(opened.l2Penalty == 1e-4)
    #expect(opened.loss as? CrossEntropy == .crossEntropy(smoothing: 0.1))
    #expect(opened.preprocessing == .minusOneToOne(size: 4))
    #expect(opened.seed == .max)
    #expect(try Learner(bundle: folder("small.graft"), device: CPUDevice(), seed: 3).seed == 3)
  }

  /// The same order of samples, the same numbers of epochs, the same steps.
  @Test func trainingGoesOnAsIfNothingHadHappened() async throws {
    let folder = try TemporaryFolder()
    let learner = try Self.makeLearner(.layers(["hidden"]))
    (learner.optimizer, learner.statistics) = (.sgd(0.1), .batch)
    let feed = try learner.feed(Self.makeData())
    let options = TrainingOptions(epochs: 2, batchSize: 4, featureCache: .off)
    try await learner.fit(on: feed, options: options)
    try learner.save(to: folder("small.graft"))
    let opened = try Learner(bundle: folder("small.graft"), device: CPUDevice())
    #expect(opened.history == learner.history)
    let more = try await learner.fit(on: feed, options: options)
    let again = try await opened.fit(on: feed, options: options)
    #expect(more.epochs.map(\.epoch) == [3, 4])
    #expect(again.epochs.map(\.epoch) == [3, 4])
    #expect(again.epochs.map(\.training) == more.epochs.map(\.training))
    for parameter in try learner.model.parameters {
      let values = try learner.parameters().values(at: parameter.path)
      #expect(try opened.parameters().values(at: parameter.path) == values, "\(parameter.path)")
    }
  }

  /// Written by the build before bundles told how a model was trained.
  @Test func bundlesOfVersion1StillOpen() async throws {
    let learner = try Learner(
      bundle: Self.fixtures.appending(path: "version1-small.graft"), device: CPUDevice())
    #expect(learner.loss is BinaryCrossEntropy)
    #expect(learner.history.epochs.map(\.epoch) == [1, 2])
    #expect(learner.seed == 0)
    #expect(learner.freezing.description == FreezePlan.none.description)
    #expect(learner.optimizer == .adam())
    let data = try ArrayDataset(
      values: (0..<96).map { Float($0 % 13) / 13 }, sampleShape: [4, 4, 3], labels: [0, 1],
      classes: ["dark", "bright"])
    let predictions = try await learner.predict(learner.feed(data)).flatMap(\.self)
    for (found, expected) in zip(predictions, [0.544_192_25, 0.717_136_3] as [Float]) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  @Test func theirBackbonesToo() throws {
    let folder = try TemporaryFolder()
    let base = Backbone.mobileNetV1(width: 0.1)(inputSize: 32, source: .timm)
    let model = Model(classNames: ["ant", "bee", "cat"]) {
      base
      GlobalAveragePooling()
      Dropout(0.2)
      Dense(3)
    }
    let learner = try Learner(model, device: CPUDevice(), seed: 4)
    try learner.save(to: folder("new.graft"))
    let manifest = Self.fixtures.appending(path: "version1-mobilenetv1.json")
    try Data(contentsOf: manifest).write(to: folder("new.graft/model.json"))
    let opened = try Learner(bundle: folder("new.graft"), device: CPUDevice())
    #expect(try opened.model.parameters == learner.model.parameters)
    #expect(opened.preprocessing == learner.preprocessing)
    opened.freezing = .backbone
    #expect(try opened.configuration().trainable == ["head.dense.weight", "head.dense.bias"])
    for path in try learner.parameters().paths {
      #expect(try opened.parameters().values(at: path) == learner.parameters().values(at: path))
    }
  }

  /// Written by the build before losses and metrics could be of any type.
  @Test func bundlesOfVersion2StillOpen() throws {
    let folder = try TemporaryFolder()
    let model = Model(classNames: ["common", "rare"]) {
      Backbone.efficientNetLite0(inputSize: 64)
      GlobalAveragePooling()
      Dropout(0.2)
      Dense(1)
    }
    let learner = try Learner(model, loss: .binaryCrossEntropy, device: CPUDevice(), seed: 4)
    try learner.save(to: folder("new.graft"))
    let manifest = Self.fixtures.appending(path: "version2-lite0.json")
    try Data(contentsOf: manifest).write(to: folder("new.graft/model.json"))
    let opened = try Learner(bundle: folder("new.graft"), device: CPUDevice())
    #expect(opened.loss is BinaryCrossEntropy)
    #expect(opened.seed == 3)
    #expect(opened.optimizer == .adam(1e-5))
    #expect(opened.history["accuracy"] == [0.5, 0.5, 0.5])
    #expect(opened.history.epochs[0].training.accuracy == 0.915)
    #expect(try opened.configuration().trainable.count < learner.configuration().trainable.count)
  }

  /// A loss and a metric of one's own are saved with the model, and need their types to come back.
  @Test func whatIsOnesOwnComesBackByItsType() throws {
    struct Focal: Loss {
      var gamma: Float
      func trace(_ outputs: Tensors, _ targets: Tensors, in scope: Scope) -> LossValue {
        CrossEntropy().trace(outputs, targets, in: scope)
      }
    }
    let folder = try TemporaryFolder()
    let learner = try Self.makeLearner(.none)
    learner.loss = Focal(gamma: 1.5)
    try learner.save(to: folder("own.graft"))
    let error = #expect(throws: BundleError.self) {
      try Learner(bundle: folder("own.graft"), device: CPUDevice())
    }
    #expect(error?.description.contains("there is no 'Focal' here; pass its type") == true)
    let opened = try Learner(
      bundle: folder("own.graft"), device: CPUDevice(), knowing: Catalogue([Focal.self]))
    #expect(opened.loss as? Focal == Focal(gamma: 1.5))
  }

  /// What a stranger or a newer Graft may have written.
  @Test(arguments: [
    ("\"formatVersion\" : 3", "\"formatVersion\" : 5", "version 5"),
    ("\"formatVersion\" : 3", "\"formatVersion\" : \"2\"", "formatVersion"),
    ("\"bright\"", "\"bright\", \"dim\"", "3 classes, but 2 outputs"),
    ("\"dark\",", "", "1 classes, but 2 outputs"),
    ("\"seed\" :", "\"sed\" :", "'seed' is missing"),
    ("\"l2Penalty\" : 0", "\"l2Penalty\" : -1", "l2Penalty"),
    ("\"layer\" : \"hidden\"", "\"layer\" : \"hiden\"", "'hiden'"),
    ("\"classes\" : 0.5", "\"classes\" : 0", "multiplied by 0"),
    ("\"weightDecay\" : 0.01", "\"weightDecay\" : \"nan\"", "weightDecay"),
    ("\"channelOrder\" : \"rgb\"", "\"channelOrder\" : \"gray\"", "mean"),
  ])
  func whatMakesNoSenseIsNamedWithItsBundle(old: String, new: String, words: String) throws {
    let folder = try TemporaryFolder()
    let learner = try Self.makeLearner(.upTo("hidden"))
    learner.rates = .layers(["classes": 0.5])
    learner.l2Penalty = 0
    try learner.save(to: folder("small.graft"))
    let manifest = folder("small.graft/model.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try #require(text.contains(old), "\(text)")
    try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: manifest)
    let error = #expect(throws: BundleError.self) {
      try Learner(bundle: folder("small.graft"), device: CPUDevice())
    }
    #expect(error?.description.contains(folder("small.graft").path) == true)
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aNameForEachOutput() throws {
    func makeLearner(_ names: [String], outputs: Int) throws {
      let model = Model(name: "small", inputSize: 4, classNames: names) {
        Flatten()
        Dense(outputs)
      }
      _ = try Learner(model, device: CPUDevice())
    }
    for (names, outputs) in [([], 3), (["a", "b", "c"], 3), (["a", "b"], 1), (["a"], 1)] {
      try makeLearner(names, outputs: outputs)
    }
    for (names, outputs) in [(["a", "b"], 3), (["a", "b", "c"], 1), (["a"], 2)] {
      #expect(throws: LearnerError.self) { try makeLearner(names, outputs: outputs) }
    }
  }
}
