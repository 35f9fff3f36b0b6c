import CommandRunner
import Foundation
import Testing

/// How training ends before its time without losing what was learned.
@Suite("Endings")
struct EndingTests {
  private struct Result: Decodable {
    struct Phase: Decodable {
      var epochs: Int
      var loss: Float?
    }
    var phases: [Phase]
    var keptEpoch: Int?
    var loss: Float?
    var accuracy: Float?
    var trainingCount: Int
    var validationCount: Int
    var wasInterrupted: Bool
    var diverged: String?
  }

  private static let training =
    "train photos --device cpu --backbone mobilenetv2 --size 32 --output new.graft --json "

  /// What the model at `new.graft` says of a photo.
  private static func answers(in photos: borrowing Photos) async throws -> [Predictions.Prediction]
  {
    let run = try await CommandRun("predict new.graft photos --json --device cpu", in: photos)
    try #require(run.status == 0, "\(run.output)")
    return try run.json(Predictions.self).predictions
  }

  /// The values of the model at `new.graft`, to the bit.
  private static func weights(in photos: borrowing Photos) throws -> Data {
    try Data(contentsOf: photos.folder.appending(path: "new.graft/weights.safetensors"))
  }

  @Test(arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129)] as [(Int32, Int32)])
  func aSignalSavesWhatWasLearned(number: Int32, status: Int32) async throws {
    let photos = try Photos()
    let arguments = "\(Self.training) --epochs 100000".split(separator: " ").map(String.init)
    // Whoever runs the tests may have had these signals ignored.
    let run = try await CommandRun(
      arguments, in: photos.folder,
      through: #"exec env --default-signal=TERM,INT,HUP "$0" "$@""#,
      signal: Signal(number, after: "epoch 2:"))
    #expect(run.status == status)
    #expect(run.output.contains("Interrupted: ending"))
    #expect(try run.json(Result.self).wasInterrupted)
    #expect(try await Self.answers(in: photos).count == 8)
  }

  /// Not by what it was after its last epoch, and on held-out photos as they are.
  @Test func anInterruptedModelIsJudgedAsItIsKept() async throws {
    struct Evaluation: Decodable { var loss: Float }
    let photos = try Photos()
    for part in ["train", "val"] {
      for (name, picture) in [("a", "rgb-444.jpg"), ("b", "cmyk.jpg")] {
        for index in 0..<2 {
          try photos.put(Photos.picture(picture), as: "parts/\(part)/\(name)/\(index).jpg")
        }
      }
    }
    let arguments =
      Self.training.replacing("train photos", with: "train parts")
      + " --epochs 100000 --augment mirror"
    let run = try await CommandRun(
      arguments.split(separator: " ").map(String.init), in: photos.folder,
      through: #"exec env --default-signal=TERM "$0" "$@""#,
      signal: Signal(SIGTERM, after: "epoch 2:"))
    try #require(run.status == 143, "\(run.output)")
    let evaluation = try await CommandRun(
      "evaluate new.graft parts/val --json --device cpu", in: photos)
    let loss = try evaluation.json(Evaluation.self).loss
    let told = try #require(try run.json(Result.self).loss)
    #expect(abs(told - loss) < 1e-5)
  }

  @Test func anIgnoredSignalStaysIgnored() async throws {
    let photos = try Photos()
    let arguments = "\(Self.training) --epochs 40".split(separator: " ").map(String.init)
    let run = try await CommandRun(
      arguments, in: photos.folder, through: #"exec env --ignore-signal=HUP "$0" "$@""#,
      signal: Signal(SIGHUP, after: "epoch 2:"))
    #expect(run.status == 0)
    #expect(try run.json(Result.self).phases.map(\.epochs) == [40])
  }

  @Test func aClosedPipeLosesNothing() async throws {
    let photos = try Photos()
    let arguments = "\(Self.training) --epochs 3".split(separator: " ").map(String.init)
    let run = try await CommandRun(
      arguments, in: photos.folder,
      through: #"{ "$0" "$@"; echo "status $?" >&2; } | head -n 1"#)
    #expect(run.output.contains("photos to train on"))
    #expect(run.output.contains("status 0"))
    #expect(!run.output.contains("epoch 3"))
    #expect(try await Self.answers(in: photos).count == 8)
  }

  @Test func whereTheLossIsNoNumberTheBestIsKept() async throws {
    let photos = try Photos()
    let run = try await CommandRun(
      "\(Self.training) --epochs 1 --fine-tune-last 1 --fine-tune-epochs 2 --fine-tune-rate 1e38",
      in: photos)
    #expect(run.status == 1)
    let message = "the loss is no finite number after epoch 2 at a learning rate of 1e+38"
    #expect(run.output.contains("Error: \(message)"))
    let result = try run.json(Result.self)
    #expect(result.diverged?.contains(message) == true)
    #expect(result.keptEpoch == 1)
    #expect(result.loss == result.phases[0].loss)
    let other = try Photos()
    _ = try await CommandRun("\(Self.training) --epochs 1", in: other)
    #expect(try Self.weights(in: photos) == Self.weights(in: other))
  }

  @Test func fineTuningThatMakesThingsWorseIsUndone() async throws {
    let photos = try Photos()
    let run = try await CommandRun(
      "\(Self.training) --epochs 1 --keep-best --fine-tune-last 1 --fine-tune-epochs 2 "
        + "--optimizer sgd --fine-tune-rate 1000", in: photos)
    try #require(run.status == 0, "\(run.output)")
    #expect(run.output.contains("Keeping the values from before"))
    let result = try run.json(Result.self)
    #expect(result.keptEpoch == 1)
    #expect(result.phases.map(\.epochs) == [1, 2])
    #expect(result.loss == result.phases[0].loss)
    let other = try Photos()
    let head = try await CommandRun("\(Self.training) --epochs 1 --optimizer sgd", in: other)
    #expect(try head.json(Result.self).loss == result.loss)
    #expect(try Self.weights(in: photos) == Self.weights(in: other))
  }

  @Test func withoutValidationEverythingIsTrainedOn() async throws {
    let photos = try Photos()
    let run = try await CommandRun("\(Self.training) --epochs 2 --validation 0", in: photos)
    try #require(run.status == 0, "\(run.output)")
    let result = try run.json(Result.self)
    #expect((result.trainingCount, result.validationCount) == (8, 0))
    #expect(result.accuracy == nil && result.loss == nil)
    #expect(result.keptEpoch == 2)
    let page = try String(contentsOf: photos.folder.appending(path: "new.html"), encoding: .utf8)
    #expect(page.contains("Nothing held out"))
    for option in ["--patience 2", "--keep-best"] {
      let refusal = try await CommandRun(
        "\(Self.training) --epochs 2 --validation 0 \(option)", in: photos)
      #expect(refusal.status == 64)
      #expect(refusal.output.contains("--validation 0 holds out none"))
    }
  }
}
