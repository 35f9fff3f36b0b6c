import Foundation
import GraftGraph
import GraftWeights
import Testing

/// The network of `make_checkpoint_fixtures.py` is found in its checkpoints, wherever they have it.
@Suite("Checkpoints of training scripts")
struct CheckpointTests {
  private static let parameters = [
    WeightMapTests.parameter("stem.weight", [1, 1, 2, 3], .convolutionKernel),
    WeightMapTests.parameter("norm.weight", [3], .normalizationScale),
    WeightMapTests.parameter("norm.bias", [3], .normalizationShift),
    WeightMapTests.parameter("norm.running_mean", [3], .runningMean),
    WeightMapTests.parameter("norm.running_var", [3], .runningVariance),
    WeightMapTests.parameter("fc.weight", [3, 2], .denseKernel),
    WeightMapTests.parameter("fc.bias", [2], .bias),
  ]

  /// What the script counts, in Graft's layout.
  private static let values: [ParameterPath: [Float]] = [
    "stem.weight": [0, 2, 4, 1, 3, 5], "norm.weight": [6, 7, 8], "norm.bias": [9, 10, 11],
    "norm.running_mean": [12, 13, 14], "norm.running_var": [15, 16, 17],
    "fc.weight": [18, 21, 19, 22, 20, 23], "fc.bias": [24, 25],
  ]

  private static func url(_ name: String) -> URL {
    Fixture.folder.deletingLastPathComponent().appending(path: "checkpoints/\(name)")
  }

  private static func assignment(
    _ name: String, under key: String? = nil, head: HeadChoice = .whole
  ) throws -> WeightAssignment {
    let wanted = parameters.filter { parameter in
      head == .whole || !parameter.path.description.hasPrefix("fc.")
    }
    return try WeightMap.torch.assign(
      WeightFile(contentsOf: url(name)), to: wanted, head: head, under: key)
  }

  /// File, key, what its values are greater by, where the network lies, what is left out.
  private static let layouts: [(String, String?, Float, String, String?)] = [
    ("metric.pth", nil, 0, "state_dict.module", "best_acc1, optimizer"),
    ("loss.pth", nil, 0, "model_state_dict", "loss"),
    ("averaged.pth", nil, 100, "module", "n_averaged"),
    ("ema.pth", nil, 100, "state_dict_ema.module", "state_dict (8 tensors)"),
    ("ema.pth", "state_dict", 0, "state_dict", "state_dict_ema (8 tensors)"),
    ("backbone.pth", nil, 0, "state_dict.backbone", nil),
    (
      "lightning.ckpt", nil, 0, "state_dict.model",
      "callbacks, state_dict.accuracy, state_dict.criterion"
    ),
    (
      "moco.pth", nil, 0, "state_dict.module.encoder_q",
      "state_dict.module.encoder_k (8 tensors), state_dict.module.queue, "
        + "state_dict.module.queue_ptr"
    ),
    (
      "moco.pth", "state_dict.module.encoder_k", 200, "state_dict.module.encoder_k",
      "state_dict.module.encoder_q (8 tensors), state_dict.module.queue, "
        + "state_dict.module.queue_ptr"
    ),
    ("deep.pth", "run", 0, "run.model.state_dict._orig_mod.student.backbone", nil),
    ("two.pth", "second", 200, "second", "first (8 tensors)"),
    ("twice.pth", nil, 0, "best", "last (8 tensors)"),
    ("kinds.pth", nil, 0, "model", nil),
    ("data_2.pth", nil, 0, "model", nil), ("data_4.pth", nil, 0, "model", nil),
    ("data_5.pth", nil, 0, "model", nil), ("data_legacy.pth", nil, 0, "model", nil),
    ("arrays.pth", nil, 0, "weights", nil), ("arrays_5.pth", nil, 0, "weights", nil),
    ("whole.pth", nil, 0, "module", nil), ("whole_legacy.pth", nil, 100, "ema", nil),
  ]

  @Test func aFileWithoutANetworkIsToldAsThat() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("none.safetensors")
    try SafetensorsWriter.write([], to: url)
    let error = try #require(throws: WeightFileError.self) {
      try WeightMap.torch.assign(WeightFile(contentsOf: url), to: Self.parameters)
    }
    #expect(error.description.contains("none.safetensors: holds no tensors"))
    try SafetensorsWriter.write(
      ["step", "exp_avg", "exp_avg_sq"].map { name in
        WritableTensor(name: "state.0.\(name)", shape: [1]) { [1] }
      }, to: url)
    let mismatch = try #require(throws: WeightMismatch.self) {
      try WeightMap.torch.assign(WeightFile(contentsOf: url), to: Self.parameters)
    }
    #expect(mismatch.hint == "the file holds the state of an optimizer and no network")
  }

  @Test(arguments: layouts.indices)
  func theNetworkIsFound(index: Int) throws {
    let (name, key, offset, place, rest) = Self.layouts[index]
    let assignment = try Self.assignment(name, under: key)
    #expect(assignment.tensors.count == Self.values.count)
    for (path, expected) in Self.values {
      #expect(try assignment[path]?.load() == expected.map { $0 + offset }, "\(name): \(path)")
    }
    #expect(assignment.notes.contains("\(name): the weights are those under \(place)"))
    let leftOut = assignment.notes.filter { $0.contains("left out beside them: ") }
    if let rest { #expect(leftOut.first?.hasSuffix(": \(rest)") == true, "\(leftOut)") }
  }

  @Test func ofSeveralTheChoiceIsTold() throws {
    let averaged = try Self.assignment("ema.pth").notes
    #expect(averaged.contains { $0.contains("the averaged weights state_dict_ema.module") })
    #expect(averaged.contains { $0.contains("ema.pth#state_dict means that one") })
    let query = try Self.assignment("moco.pth").notes
    #expect(query.contains { $0.contains("encoder_q is taken, not state_dict.module.encoder_k") })
    #expect(try Self.assignment("twice.pth").notes.contains { $0.contains("best is taken") })
    let error = try #require(throws: WeightFileError.self) { try Self.assignment("two.pth") }
    #expect(error.problem == .ambiguous(["first", "second"]))
    #expect(error.description.contains("two.pth#first"))
    let absent = try #require(throws: WeightFileError.self) {
      try Self.assignment("two.pth", under: "third")
    }
    #expect(absent.description.contains("no tensors under 'third', but under: first, second"))
  }

  /// A file of the network's tensors behind prefixes, without some.
  private static func write(
    _ prefixes: [String], without left: String? = nil, in folder: TemporaryFolder
  ) throws -> URL {
    let url = folder.url.appending(path: "a.safetensors")
    let file = try WeightFile(contentsOf: Self.url("backbone.pth"))
    let own = "state_dict.backbone."
    let tensors = prefixes.flatMap { prefix in
      file.tensors.filter { $0.name.hasPrefix(own) && $0.name != own + (left ?? "") }.map {
        tensor in
        WritableTensor(name: prefix + tensor.name.dropFirst(own.count), shape: tensor.shape) {
          try tensor.load()
        }
      }
    }
    try SafetensorsWriter.write(tensors, to: url)
    return url
  }

  @Test func averagedWeightsAreTakenUnderAnyNameOfTheKind() throws {
    let folder = try TemporaryFolder()
    let url = try Self.write(["model.", "modelEMA."], in: folder)
    let notes = try WeightMap.torch.assign(WeightFile(contentsOf: url), to: Self.parameters).notes
    #expect(notes.contains { $0.contains("the averaged weights modelEMA is taken, not model") })
  }

  /// What is missing behind a prefix is told alone, not all that would be without the prefix.
  @Test func whatIsMissingBehindAPrefixIsTold() throws {
    let folder = try TemporaryFolder()
    let url = try Self.write(["model."], without: "fc.bias", in: folder)
    let mismatch = try #require(throws: WeightMismatch.self) {
      try WeightMap.torch.assign(WeightFile(contentsOf: url), to: Self.parameters)
    }
    #expect(mismatch.missing == ["fc.bias"])
    #expect(mismatch.leftOver.isEmpty)
  }

  /// A whole number among the network's own tensors is a counter; another number may be a parameter.
  @Test func countersAreNoParameters() throws {
    let counter = try Self.assignment("counter.pth")
    #expect(counter.ignored.contains("model.stem.calls"))
    #expect(counter.tensors.count == Self.values.count)
    let mismatch = try #require(throws: WeightMismatch.self) {
      try Self.assignment("number.pth")
    }
    #expect(mismatch.leftOver == ["model.stem.scale"])
  }

  @Test func whatMightBelongToTheNetworkIsRefused() throws {
    let mismatch = try #require(throws: WeightMismatch.self) { try Self.assignment("extra.pth") }
    #expect(mismatch.leftOver == ["net.backbone.extra.weight"])
    #expect(mismatch.missing.isEmpty)
  }

  @Test func numbersOfNumPyAreRead() throws {
    for name in ["data_2.pth", "data_5.pth"] {
      let file = try WeightFile(contentsOf: Self.url(name))
      #expect(file.metadata == ["best": "91.25", "seen": "7", "epoch": "3"])
      #expect(file.notes.isEmpty)
    }
    let plain = try WeightFile(contentsOf: Fixture.url("namespace.pth"))
    #expect(plain.tensors.map(\.name) == ["a.bias", "a.weight"])
    let module = try WeightFile(contentsOf: Fixture.url("module.pth"))
    #expect(module.tensors.map(\.name) == ["bias", "weight"])
    #expect(module["weight"]?.shape == [2, 3])
  }

  @Test func whatIsNotReadIsTold() throws {
    let notes = try WeightFile(contentsOf: Self.url("kinds.pth")).notes
    #expect(notes.contains { $0.contains("sparse") || $0.contains("spectrum") })
    #expect(notes.contains { $0.contains("to call __main__.transform; nothing was called") })
  }

  @Test func weightsThatAreNoNumbersAreTold() throws {
    let assignment = try Self.assignment("not_finite.pth")
    #expect(try assignment["stem.weight"]?.load() == Self.values["stem.weight"])
    func error(_ path: ParameterPath) throws -> WeightFileError {
      try #require(throws: WeightFileError.self) { try assignment[path]?.load() }
    }
    #expect(try error("fc.weight").problem == .notFinite(tensor: "fc.weight"))
    for part in ["not_finite.pth", "fc.weight", "1 NaN and 0 infinite values among 6"] {
      #expect(try error("fc.weight").description.contains(part))
    }
    #expect(try error("norm.weight").description.contains("0 NaN and 1 infinite"))
    var memory = [Float](repeating: 0, count: 6)
    #expect(throws: WeightFileError.self) {
      try memory.withUnsafeMutableBufferPointer { try assignment["fc.weight"]?.load(into: $0) }
    }
  }

  @Test(arguments: ["data_2.pth", "data_5.pth", "data_legacy.pth", "arrays.pth", "whole.pth"])
  func damageEndsInAnErrorOrInNumbers(name: String) throws {
    var damage = Damage(seed: 11)
    let bytes = [UInt8](try Data(contentsOf: Self.url(name)))
    #expect(try damage.refusalCount(bytes, rounds: 300) > 0)
  }
}
