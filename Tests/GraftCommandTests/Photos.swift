import CommandRunner
import Foundation
import Testing

/// A folder of its own with photos in it, and what tests put there besides.
struct Photos: ~Copyable {
  let folder: URL

  /// Two classes of four pictures each in `photos`.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID())")
    for (name, picture) in [("grey", "gray.jpg"), ("colourful", "cmyk.jpg")] {
      for index in 0..<4 { try put(Self.picture(picture), as: "photos/\(name)/\(index).jpg") }
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func put(_ data: Data, as path: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  /// Everything in the folder, by path.
  var names: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() }
  }

  static func picture(_ name: String) throws -> Data {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: tests.appending(path: "Fixtures/images/\(name)"))
  }
}

extension CommandRun {
  /// Runs the command with arguments that are split at spaces.
  init(_ arguments: String, in photos: borrowing Photos, signal: Signal? = nil) async throws {
    try await self.init(
      arguments.split(separator: " ").map(String.init), in: photos.folder, signal: signal)
  }

  /// The JSON that it printed.
  func json<Result: Decodable>(_ type: Result.Type = Result.self) throws -> Result {
    let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("{") }, "\(output)")
    return try JSONDecoder().decode(type, from: Data(line.utf8))
  }
}

/// What `graft predict --json` gives.
struct Predictions: Decodable {
  struct Answer: Decodable, Equatable {
    var `class`: String
    var probability: Float
  }
  struct Prediction: Decodable, Equatable {
    var path: String
    var `class`: String
    var probability: Float
    var classes: [Answer]
  }
  struct Failure: Decodable {
    var path: String
    var error: String
  }
  var predictions: [Prediction]
  var errors: [Failure]
}
