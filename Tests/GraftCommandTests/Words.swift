import CommandRunner
import Foundation
import Testing

/// A folder of its own with a tiny BERT as Hugging Face has it, in `model`, and a table of reviews.
struct Words: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID())")
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/language")
    try put(
      Data(contentsOf: fixtures.appending(path: "bert/weights.safetensors")),
      as: "model/model.safetensors")
    try put(Data(contentsOf: fixtures.appending(path: "bert/config.json")), as: "model/config.json")
    struct Fixture: Decodable { var tokens: [String] }
    let tokens = try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: fixtures.appending(path: "training.json"))
    ).tokens
    try put(Data(tokens.joined(separator: "\n").utf8), as: "model/vocab.txt")
    try put(Data(Self.reviews.utf8), as: "reviews.csv")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Six texts of each of two classes, one with a comma and a line break.
  static let reviews =
    "id,review,sentiment\n"
    + (0..<5).map { "\($0),g o o d \("xyzvw".map(String.init)[$0]),good\n" }.joined()
    + (0..<6).map { "\($0),b a d \("xyzvwu".map(String.init)[$0]),bad\n" }.joined()
    + "11,\"g o,\no d\",good\n"

  func put(_ data: Data, as path: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  func put(_ text: String, as path: String) throws { try put(Data(text.utf8), as: path) }

  /// Runs the command with arguments that are split at spaces, `_` in them standing for a space.
  func run(_ arguments: String) async throws -> CommandRun {
    try await CommandRun(
      arguments.split(separator: " ").map { String($0).replacing("_", with: " ") }, in: folder,
      environment: ["GRAFT_CACHE": folder.appending(path: "cache").path])
  }

  static let training =
    "train reviews.csv --backbone bert --weights model --output new.graft --device cpu --rate 0.05"

  /// A trained model in `new.graft`.
  func train(_ options: String = "--epochs 8") async throws -> CommandRun {
    let run = try await run("\(Self.training) --json \(options)")
    try #require(run.status == 0, "\(run.output)")
    return run
  }
}
