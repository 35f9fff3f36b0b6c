import Foundation
import Graft
import Testing

/// Weights of backbones that stand anywhere in a model.
@Suite struct PretrainedTests {
  /// A layer of a user's own, which no bundle can describe.
  private struct Encoder: Layer {
    let base: Backbone

    func trace(_ input: Symbol, in scope: Scope) -> Symbol {
      GlobalAveragePooling()(base(input, in: scope / "base"), in: scope / "pool")
    }
  }

  /// Where a backbone stands; the beginning of its parameters' paths.
  enum Place: String, CaseIterable {
    case named = "encoder"
    case nested = "sequential.0"
    case behind = ""
    case second = "mobilenetv1-0.1"
    case own = "encoder.base"

    /// A path of the backbone's in the model.
    func path(_ path: ParameterPath) -> ParameterPath {
      rawValue.isEmpty ? path : ParameterPath("\(rawValue).\(path)")
    }
  }

  private static let plain = Backbone.mobileNetV1(width: 0.1)(inputSize: 32)

  /// The network with weights of a file, unlike those that the seed of a learner gives.
  private static func makeBase(_ place: Place, _ folder: TemporaryFolder) throws -> Backbone {
    let source = try Learner(Model(plain), device: CPUDevice(), seed: 77)
    try source.writeWeights(to: folder("base.safetensors"))
    // A second one takes the first one's maps for images.
    let channels = place == .second ? try source.model.outline().output.shape[3] : 3
    return try plain(inputChannels: channels).loading(folder("base.safetensors"))
  }

  private static func makeModel(_ place: Place, _ base: Backbone) -> Model {
    Model(name: "model", inputSize: place == .second ? 1024 : 32, inputChannels: 3) {
      switch place {
      case .named:
        base.named("encoder")
        GlobalMaxPooling()
      case .nested:
        Sequential {
          base
          GlobalMaxPooling()
        }
      case .behind:
        Dropout(0.1)
        base
        GlobalMaxPooling()
      case .second:
        plain
        base
        GlobalMaxPooling()
      case .own: Encoder(base: base)
      }
      Dense(2).named("classes")
    }
  }

  /// Whether the values at a backbone's place are those of its weights.
  private static func hasWeights(
    _ learner: Learner<ImageClassification>, _ place: Place, _ base: Backbone
  ) throws -> Bool {
    let store = try learner.parameters()
    let tensors = try #require(base.weights).tensors
    #expect(tensors.count > 100)
    return try tensors.allSatisfy {
      try store.values(at: place.path($0.key)) == $0.value.load()
    }
  }

  @Test(arguments: Place.allCases)
  func areLoaded(place: Place) throws {
    let base = try Self.makeBase(place, TemporaryFolder())
    let learner = try Learner(
      Self.makeModel(place, base), freezing: .allOf(base), device: CPUDevice())
    #expect(try Self.hasWeights(learner, place, base))
    let trainable = try learner.configuration().trainable
    #expect(
      trainable.allSatisfy {
        $0.description.hasSuffix("classes.weight")
          || $0.description.hasSuffix("classes.bias")
      })
    #expect(trainable.count == 2)
  }

  @Test(arguments: Place.allCases.filter { $0 != .own })
  func surviveTheirBundle(place: Place) throws {
    let folder = try TemporaryFolder()
    let base = try Self.makeBase(place, folder)
    let learner = try Learner(
      Self.makeModel(place, base), freezing: .allOf(base), device: CPUDevice())
    try learner.save(to: folder("model.graft"))
    let opened = try Learner(bundle: folder("model.graft"), device: CPUDevice(), seed: 9)
    #expect(try Self.hasWeights(opened, place, base))
    #expect(try opened.model.parameters == learner.model.parameters)
    #expect(try opened.configuration() == learner.configuration())
    #expect(opened.preprocessing == learner.preprocessing)
    guard place != .second else { return }
    let extracted = try ModelBundle(folder("model.graft")).backbone()
    for (path, tensor) in try #require(base.weights).tensors {
      #expect(try extracted.weights?[path]?.load() == tensor.load())
    }
  }

  @Test func aLayerThatNoBundleDescribesIsToldBeforeTraining() async throws {
    let folder = try TemporaryFolder()
    let base = try Self.makeBase(.own, folder)
    let learner = try Learner(
      Self.makeModel(.own, base), freezing: .allOf(base), device: CPUDevice())
    let error = #expect(throws: BundleError.self) { try learner.checkSavable() }
    #expect(error?.description.contains("'encoder'") == true)
    #expect(throws: BundleError.self) { try learner.save(to: folder("model.graft")) }
    // Who doesn't save it may train it.
    let data = try ArrayDataset(
      values: (0..<2 * 32 * 32 * 3).map { Float($0 % 7) }, sampleShape: [32, 32, 3], labels: [0, 1])
    try await learner.fit(on: learner.feed(data), options: TrainingOptions(epochs: 1))
    try learner.writeWeights(to: folder("model.safetensors"))
  }

  @Test func aModelThatCanBeSavedPassesItsCheck() throws {
    let folder = try TemporaryFolder()
    let learner = try Learner(Self.makeModel(.named, Self.plain), device: CPUDevice())
    try learner.checkSavable()
    try learner.checkSavable(to: folder("model.graft"))
    try Data().write(to: folder("file"))
    #expect(throws: BundleError.self) { try learner.checkSavable(to: folder("file")) }
  }

  @Test func weightsOfAnotherShapeAreNamed() throws {
    let base = try Self.makeBase(.named, TemporaryFolder())
    let model = Model(inputSize: 32) {
      Convolution2D(5, kernel: 1)
      base
    }
    let error = #expect(throws: ModelError.self) { try Learner(model, device: CPUDevice()) }
    #expect(error?.description.contains("3×3×5×") == true)
    #expect(error?.description.contains("3×3×3×") == true)
  }
}
