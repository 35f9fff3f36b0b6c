import CommandRunner
import Foundation
import Testing

/// Every option of the command does what it says.
@Suite("Options")
struct OptionTests {
  private struct Result: Decodable {
    struct Phase: Decodable, Equatable {
      var loss: Float
    }
    var phases: [Phase]
    var skippedCount: Int
    var report: String?
  }

  private static let training =
    "train photos --device cpu --backbone mobilenetv2 --size 32 --epochs 2 --fine-tune-last 2 "
    + "--fine-tune-epochs 1 --output new.graft --json "

  private static func train(
    _ options: String, in photos: borrowing Photos
  ) async throws -> Result {
    let run = try await CommandRun(training + options, in: photos)
    try #require(run.status == 0, "\(run.output)")
    return try run.json(Result.self)
  }

  /// Photos that differ, so that it matters which are held out and in which order they come.
  private static func makePhotos() throws -> Photos {
    let photos = try Photos()
    for (index, picture) in ["rgb-420.jpg", "exif-2.jpg", "progressive.jpg"].enumerated() {
      try photos.put(Photos.picture(picture), as: "photos/colourful/more\(index).jpg")
    }
    return photos
  }

  private static let base: Task<[Result.Phase], any Error> = Task {
    try await train("", in: makePhotos()).phases
  }

  @Test func anEqualSeedGivesAnEqualRun() async throws {
    #expect(try await Self.train("--seed 0", in: Self.makePhotos()).phases == Self.base.value)
  }

  /// Another result than without the option says that it reaches what it is for.
  @Test(arguments: [
    "--seed 1", "--epochs 3", "--batch-size 4", "--rate 1e-2", "--optimizer sgd",
    "--optimizer adamw --weight-decay 0.5", "--weight-decay 0.5", "--dropout 0.5", "--binary",
    "--head-units 4", "--augment mirror", "--augment flip",
    "--augment standard", "--validation 0.4", "--schedule cosine", "--schedule linear",
    "--fit pad", "--pixels unit", "--channels 1",
  ])
  func changesTheHead(option: String) async throws {
    let phases = try await Self.train(option, in: Self.makePhotos()).phases
    let base = try await Self.base.value
    #expect(phases[0] != base[0])
  }

  @Test(arguments: [
    "--fine-tune-rate 1e-2", "--fine-tune-last 4", "--fine-tune-from features.15",
    "--fine-tune-epochs 2", "--statistics batch --fine-tune-rate 1e-3",
    "--backbone-rate-factor 0.1",
  ])
  func changesFineTuningOnly(option: String) async throws {
    let photos = try Self.makePhotos()
    let line =
      option.contains("from")
      ? Self.training.replacing("--fine-tune-last 2 ", with: "") : Self.training
    let run = try await CommandRun(line + option, in: photos)
    try #require(run.status == 0, "\(run.output)")
    let phases = try run.json(Result.self).phases
    let base = try await Self.base.value
    #expect(phases[0] == base[0])
    #expect(phases[1] != base[1])
  }

  /// At such rates nothing moves.
  @Test func ratesAreThoseOfTheirPhases() async throws {
    let still = try await Self.train("--fine-tune-rate 1e-30", in: Self.makePhotos()).phases
    #expect(abs(still[1].loss - still[0].loss) < 1e-5)
    let untrained = try await Self.train("--rate 1e-30", in: Self.makePhotos()).phases
    let zero = try await Self.train("--epochs 0", in: Self.makePhotos()).phases
    #expect(zero.count == 1 && untrained.count == 2)
    // Fine-tuning starts from the same head.
    #expect(abs(zero[0].loss - untrained[1].loss) < 1e-5)
  }

  @Test func theCacheChangesNoResult() async throws {
    let phases = try await Self.train("--no-cache", in: Self.makePhotos()).phases
    for (a, b) in zip(phases, try await Self.base.value) { #expect(abs(a.loss - b.loss) < 1e-4) }
  }

  @Test func reportsGoWhereTheyAreWanted() async throws {
    let photos = try Self.makePhotos()
    #expect(try await Self.train("--report none", in: photos).report == nil)
    #expect(try photos.names.allSatisfy { !$0.hasSuffix(".html") })
    let result = try await Self.train("--report other.html", in: photos)
    #expect(result.report?.hasSuffix("/other.html") == true)
    #expect(try photos.names.filter { $0.hasSuffix(".html") } == ["other.html"])
  }

  @Test func badPhotosAreLeftOutWhereThatIsAskedFor() async throws {
    let photos = try Self.makePhotos()
    try photos.put(Data("text".utf8), as: "photos/grey/bad.jpg")
    let result = try await Self.train("--on-bad-image skip", in: photos)
    #expect(result.skippedCount == 1)
    #expect(result.phases == (try await Self.base.value))
  }

  /// One output says the same of two classes as two do: probabilities that sum up to 1.
  @Test func oneOutputForTwoClasses() async throws {
    let photos = try Self.makePhotos()
    _ = try await Self.train("--binary", in: photos)
    let run = try await CommandRun(
      "features --bundle new.graft --layers logits --device cpu --output new.safetensors "
        + "photos/grey/0.jpg", in: photos)
    #expect(run.output.contains("logits: 1×1"))
    let prediction = try await CommandRun(
      "predict new.graft photos/grey/0.jpg --top 5 --json --device cpu", in: photos)
    let answers = try prediction.json(Predictions.self).predictions[0].classes
    #expect(answers.map(\.class).sorted() == ["colourful", "grey"])
    let logit = try SafetensorsText(of: photos.folder.appending(path: "new.safetensors")).values[0]
    // The sigmoid of the output is the probability of the second class.
    let grey = try #require(answers.first { $0.class == "grey" })
    let sigmoid: Float = 1 / (1 + exp(-logit))
    #expect(abs(grey.probability - sigmoid) < 1e-5)
  }

  @Test func verifyEndsWithAFailureWhereAFileIsDamaged() async throws {
    struct List: Decodable {
      struct Entry: Decodable { var fileName: String }
      var weights: [Entry]
    }
    let photos = try Photos()
    let environment = ["GRAFT_CACHE": photos.folder.appending(path: "cache").path]
    func run(_ arguments: String) async throws -> CommandRun {
      try await CommandRun(
        arguments.split(separator: " ").map(String.init), in: photos.folder,
        environment: environment)
    }
    let empty = try await run("weights verify")
    #expect(empty.status == 0)
    #expect(empty.output.contains("no weights are in"))
    let list = try await run("weights list mobilenetv2 --json").json(List.self)
    let entry = try #require(list.weights.first)
    try photos.put(Data("damaged".utf8), as: "cache/weights/\(entry.fileName)")
    let damaged = try await run("weights verify")
    #expect(damaged.status == 1)
    #expect(damaged.output.contains("mobilenetv2"))
    #expect(!damaged.output.contains("sound"))
    #expect(try await !run("weights verify resnet18").output.contains("mobilenetv2"))
  }
}
