import CommandRunner
import Foundation
import Testing

/// What `graft train` does beside training, on photos of two classes.
@Suite("Training")
struct TrainingTests {
  private struct Result: Decodable {
    struct Phase: Decodable {
      var epochs: Int
      var bestEpoch: Int?
      var stoppedEarly: Bool
    }
    var phases: [Phase]
  }

  private static let training =
    "train photos --device cpu --backbone mobilenetv2 --size 32 --output new.graft --json"

  /// A run that must succeed, with the JSON that it ends with.
  private func train(_ options: String, in photos: borrowing Photos) async throws -> (
    output: String, result: Result
  ) {
    let run = try await CommandRun(
      "\(Self.training) \(options)".split(separator: " ").map(String.init), in: photos.folder)
    try #require(run.status == 0, "\(run.output)")
    let json = try #require(run.output.split(separator: "\n").last)
    return (run.output, try JSONDecoder().decode(Result.self, from: Data(json.utf8)))
  }

  @Test func fineTunesTheBackboneSlower() async throws {
    let photos = try Photos()
    let (output, result) = try await train(
      "--epochs 1 --fine-tune-last 2 --fine-tune-epochs 1 --backbone-rate-factor 0.1", in: photos)
    #expect(output.contains("the last 2 layers of the backbone frozen, the backbone at 0.1 times"))
    #expect(result.phases.map(\.epochs) == [1, 1])
  }

  /// At such a rate no weight moves, so that no epoch is better than the first.
  @Test func stopsAndKeepsTheBest() async throws {
    let photos = try Photos()
    let (output, result) = try await train(
      "--epochs 9 --rate 1e-30 --patience 2 --keep-best", in: photos)
    #expect(output.contains("Stopped after 3 of 9 epochs"))
    #expect(output.contains("has not improved for 2 epochs"))
    #expect(output.contains("Keeping epoch 1,"))
    #expect(result.phases.count == 1)
    #expect(result.phases[0].epochs == 3)
    #expect(result.phases[0].bestEpoch == 1)
    #expect(result.phases[0].stoppedEarly)
  }
}
