import CommandRunner
import Foundation
import Testing

/// What the options of `graft summary`, `export`, `evaluate` and of weights do.
@Suite("Inspection")
struct InspectionTests {
  private static let network = "--device cpu --backbone mobilenetv2 --size 32"

  private static func train(_ options: String = "", in photos: borrowing Photos) async throws {
    let run = try await CommandRun(
      "train photos \(network) --epochs 1 --output new.graft \(options)", in: photos)
    try #require(run.status == 0, "\(run.output)")
  }

  /// 1280 · 7 + 7 of the head, 320 · 1280 and 2 · 1280 of the layer before it, the rest of 2,232,839.
  @Test(arguments: [
    ("backbone", 8967), ("features.18", 421_127), ("none", 2_232_839),
  ])
  func whatASummarySaysIsFrozen(plan: String, count: Int) async throws {
    struct Summary: Decodable {
      var parameters: Int
      var trainableParameters: Int
      var batchSize: Int
    }
    let photos = try Photos()
    let run = try await CommandRun(
      "summary \(Self.network) --classes 7 --freeze \(plan) --batch 3 --json", in: photos)
    let summary = try run.json(Summary.self)
    #expect(summary.parameters == 2_232_839)
    #expect(summary.trainableParameters == count)
    #expect(summary.batchSize == 3)
  }

  @Test func exportsFollowTheirOptions() async throws {
    let photos = try Photos()
    func export(_ options: String) async throws -> Data {
      let run = try await CommandRun(
        "export --backbone mobilenetv2 \(options) --output out", in: photos)
      try #require(run.status == 0, "\(run.output)")
      return try Data(contentsOf: photos.folder.appending(path: "out"))
    }
    func names(_ options: String) async throws -> Set<String> {
      _ = try await export(options)
      return Set(try SafetensorsText(of: photos.folder.appending(path: "out")).shapes.keys)
    }
    let whole = try await export("--format safetensors")
    #expect(try await export("--format safetensors") == whole)
    #expect(try await export("--format safetensors --seed 1") != whole)
    let torch = try await names("--format safetensors")
    #expect(torch.isSuperset(of: ["classifier.1.weight", "features.0.0.weight"]))
    let bare = try await names("--format safetensors --no-top")
    #expect(torch.subtracting(bare) == ["classifier.1.weight", "classifier.1.bias"])
    #expect(try await names("--format safetensors --names keras").contains("Conv1/kernel"))
    // In front of its map of pixels the network reads channels last.
    let rows = try await export("--format onnx --no-top --size 32")
    let pixels = try await export("--format onnx --no-top --size 32 --input-layout nhwc")
    #expect(try Self.imageExtents(rows) == [3, 32, 32])
    #expect(try Self.imageExtents(pixels) == [32, 32, 3])
  }

  /// The last three extents of a network's input, of which the first is a name.
  private static func imageExtents(_ model: Data) throws -> [UInt8] {
    // Of each extent: a message of two bytes, whose first field is an integer.
    let extents: [[UInt8]] = [[3, 32, 32], [32, 32, 3]]
    let found = extents.filter { numbers in
      model.range(of: Data(numbers.flatMap { [0x0A, 2, 8, $0] })) != nil
    }
    try #require(found.count == 1)
    return found[0]
  }

  @Test func evaluationLeavesOutWhatItIsTold() async throws {
    struct Result: Decodable {
      var loss: Float
      var sampleCount: Int
      var skippedCount: Int
    }
    let photos = try Photos()
    try await Self.train("--fit pad --pixel-limit 0.002", in: photos)
    let whole = try await CommandRun("evaluate new.graft photos --json --device cpu", in: photos)
    let expected = try whole.json(Result.self)
    #expect((expected.sampleCount, expected.skippedCount) == (8, 0))
    // A photo that is none, and one within the limit of pixels whose square is not.
    try photos.put(Data("text".utf8), as: "photos/grey/bad.jpg")
    try photos.put(Data("P5 90 10 255\n".utf8) + Data(count: 900), as: "photos/grey/wide.pgm")
    try photos.put(Data("text".utf8), as: "photos/grey/notes.txt")
    let refusal = try await CommandRun("evaluate new.graft photos --device cpu", in: photos)
    #expect(refusal.status == 1)
    for name in ["bad.jpg", "wide.pgm"] { #expect(refusal.output.contains(name)) }
    let run = try await CommandRun(
      "evaluate new.graft photos --on-bad-image skip --json --device cpu", in: photos)
    #expect(run.status == 0)
    let result = try run.json(Result.self)
    #expect((result.sampleCount, result.skippedCount) == (8, 2))
    #expect(abs(result.loss - expected.loss) < 1e-5)
    #expect(run.output.contains("photos: 1 file left out: .txt 1"))
    #expect(run.output.contains("skipped photos/grey/wide.pgm"))
  }

  @Test func weightsAreThoseAskedFor() async throws {
    let photos = try Photos()
    try await Self.train(in: photos)
    let export = try await CommandRun(
      "export --backbone mobilenetv2 --format safetensors --output a.safetensors", in: photos)
    try #require(export.status == 0)
    func features(_ options: String) async throws -> CommandRun {
      try await CommandRun(
        "features photos/grey/0.jpg --device cpu --size 32 --layers pooled "
          + "--output new.safetensors \(options)", in: photos)
    }
    let whole = try await features("--backbone mobilenetv2 --weights a.safetensors")
    #expect(whole.status == 0)
    let key = try await features("--backbone mobilenetv2 --weights a.safetensors#none")
    #expect(key.status == 1)
    #expect(key.output.contains("no tensors under 'none', but under: classifier, features"))
    let other = try await features("--backbone mobilenetv1 --weights new.graft")
    #expect(other.status == 64)
    #expect(other.output.contains("is built on mobilenetv2; give --backbone mobilenetv2"))
    let source = try await features("--backbone mobilenetv2 --weights new.graft --source keras")
    #expect(source.status == 64)
    #expect(source.output.contains("as torchvision builds it; give --source torchvision"))
    // Values of another seed are other values.
    func values(_ seed: Int) async throws -> [Float] {
      _ = try await features("--backbone mobilenetv2 --seed \(seed)")
      return try SafetensorsText(of: photos.folder.appending(path: "new.safetensors")).values
    }
    #expect(try await values(1) == values(1))
    #expect(try await values(1) != values(2))
  }

  @Test(arguments: [
    "features photos --layers pooled --output a --weights imagenet --backbone resnet18 --device cpu",
    "weights fetch resnet18",
  ])
  func nothingIsFetchedOffline(command: String) async throws {
    let photos = try Photos()
    // Nobody listens there.
    let environment = [
      "GRAFT_CACHE": photos.folder.appending(path: "cache").path,
      "GRAFT_WEIGHTS_MIRROR": "http://127.0.0.1:9",
    ]
    func run(_ command: String) async throws -> CommandRun {
      try await CommandRun(
        command.split(separator: " ").map(String.init), in: photos.folder,
        environment: environment)
    }
    let offline = try await run(command + " --offline")
    #expect(offline.status == 1)
    #expect(offline.output.contains("can't be fetched: working offline"))
    let online = try await run(command)
    #expect(online.status == 1)
    #expect(online.output.contains("can't be fetched: https://download.pytorch.org"))
  }

  /// The head of a trained model, unmoved at such a rate, says of held-out photos what it said before.
  @Test func aKeptHeadGoesOnWhereItWas() async throws {
    struct Result: Decodable {
      var loss: Float
      var keptEpoch: Int?
    }
    let photos = try Photos()
    func train(_ options: String, to output: String) async throws -> CommandRun {
      let run = try await CommandRun(
        "train photos \(Self.network) --json --output \(output) \(options)", in: photos)
      try #require(run.status == 0, "\(run.output)")
      return run
    }
    let first = try await train("--epochs 3", to: "new.graft").json(Result.self)
    let kept = try await train(
      "--weights new.graft --keep-head --epochs 1 --rate 1e-30", to: "kept.graft")
    #expect(kept.output.contains("Starting with what"))
    #expect(abs(try kept.json(Result.self).loss - first.loss) < 1e-5)
    // Where training makes it worse, it is kept.
    let worse = try await train(
      "--weights new.graft --keep-head --epochs 2 --optimizer sgd --rate 1000 --keep-best",
      to: "worse.graft")
    #expect(worse.output.contains("Keeping the values from before"))
    let result = try worse.json(Result.self)
    #expect(result.keptEpoch == nil)
    #expect(abs(result.loss - first.loss) < 1e-5)
  }

  @Test func partsOfASplitAreToldAndSkippedFrom() async throws {
    struct Result: Decodable {
      var trainingCount, validationCount, skippedCount: Int
      var classes: [String]
    }
    let photos = try Photos()
    for part in ["fold1", "fold2"] {
      for name in ["grey", "other"] {
        for index in 0..<2 {
          try photos.put(Photos.picture("gray.jpg"), as: "folds/\(part)/\(name)/\(index).jpg")
        }
      }
    }
    let training = "\(Self.network) --epochs 1 --output new.graft --json"
    let refusal = try await CommandRun("train folds \(training)", in: photos)
    #expect(refusal.status == 1)
    #expect(refusal.output.contains("--shared-subfolders ignore"))
    let ignoring = try await CommandRun(
      "train folds \(training) --shared-subfolders ignore", in: photos)
    #expect(try ignoring.json(Result.self).classes == ["fold1", "fold2"])
    for part in ["train", "val"] {
      for name in ["a", "b"] {
        for index in 0..<2 {
          try photos.put(Photos.picture("gray.jpg"), as: "split/\(part)/\(name)/\(index).jpg")
        }
      }
    }
    try photos.put(Data("text".utf8), as: "split/train/a/bad.jpg")
    try photos.put(Data("text".utf8), as: "split/val/b/bad.jpg")
    try photos.put(Data("text".utf8), as: "split/val/b/notes.txt")
    let run = try await CommandRun("train split \(training) --on-bad-image skip", in: photos)
    let result = try run.json(Result.self)
    #expect(result.skippedCount == 2)
    #expect((result.trainingCount, result.validationCount) == (4, 4))
    #expect(run.output.contains("split/val: 1 file left out: .txt 1"))
  }

  /// Held-out photos are another choice with another seed, whatever else the seed decides.
  @Test func theSeedDecidesWhatIsHeldOut() async throws {
    struct Result: Decodable { var loss: Float }
    let photos = try Photos()
    for (index, picture) in ["rgb-420.jpg", "exif-2.jpg", "progressive.jpg"].enumerated() {
      try photos.put(Photos.picture(picture), as: "photos/colourful/more\(index).jpg")
    }
    try await Self.train(in: photos)
    var losses: Set<Float> = []
    for seed in 1...4 {
      let run = try await CommandRun(
        "train photos \(Self.network) --json --output kept.graft --weights new.graft --keep-head "
          + "--epochs 1 --rate 1e-30 --seed \(seed)", in: photos)
      losses.insert(try run.json(Result.self).loss)
    }
    #expect(losses.count > 1)
  }

  /// Whether the features of frozen layers are computed once is seen on a terminal.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/script"), "needs script(1)"),
    arguments: ["", "--no-cache"])
  func featuresAreKeptUnlessTheyMayNot(option: String) async throws {
    let photos = try Photos()
    let arguments = "train photos \(Self.network) --epochs 2 --output new.graft \(option)"
      .split(separator: " ").map(String.init)
    let run = try await CommandRun(
      arguments, in: photos.folder,
      through: #"exec script -qec "'$0' $*" /dev/null < /dev/null"#)
    #expect(run.output.contains("epoch 2:"))
    #expect(run.output.contains("Features ") == option.isEmpty)
  }
}
