import Foundation
import GraftWeights

/// The files that `Tests/Fixtures/make_weight_fixtures.py` makes, and what they must hold.
enum Fixture {
  struct Expectation: Decodable {
    struct Tensor: Decodable, Equatable {
      var type: String
      var shape: [Int]
      var values: [Float]
    }

    var tensors: [String: Tensor]
    var metadata: [String: String]
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/weights")

  static func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(name))) }

  static func expectations(_ file: String = "expected.json") throws -> [String: Expectation] {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(
      [String: Expectation].self, from: Data(contentsOf: url(file)))
  }

  static func expectation(_ name: String) throws -> Expectation {
    guard let expectation = try expectations()[name] else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
    return expectation
  }
}

/// A folder that exists while the test uses it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("graft-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The names of all files in the folder.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  func write(_ bytes: [UInt8], as name: String = "file") throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file
  }
}

/// Opens a file and loads every tensor of it.
func readAll(_ url: URL) throws -> [String: [Float]] {
  let file = try WeightFile(contentsOf: url)
  return try Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, try $0.load()) })
}

/// The error that reading a file of these bytes ends with.
func readingError(_ bytes: [UInt8]) throws -> WeightFileError? {
  let folder = try TemporaryFolder()
  let url = try folder.write(bytes)
  do {
    _ = try readAll(url)
    return nil
  } catch let error as WeightFileError {
    return error
  }
}
