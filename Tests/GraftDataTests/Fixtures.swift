import Foundation
import GraftData

/// What `Tests/Fixtures/make_image_fixtures.py` wrote: pictures and what they must become.
struct Fixtures: Decodable {
  struct Decode: Decodable, Sendable, CustomStringConvertible {
    var file: String
    var background: String
    var offset: Int
    var width: Int
    var height: Int
    var description: String { "\(file) over \(background)" }
  }

  struct Resize: Decodable, Sendable, CustomStringConvertible {
    var source: [Int]
    var by: Interpolation
    var offset: Int
    var width: Int
    var height: Int
    var description: String { "\(source) to \(width) x \(height), \(by)" }
  }

  struct Fit: Decodable, Sendable, CustomStringConvertible {
    var source: [Int]
    var rule: String
    var resize: Int?
    var offset: Int
    var width: Int
    var height: Int
    var description: String { "\(rule) of \(source)" }
  }

  struct Color: Decodable, Sendable, CustomStringConvertible {
    var change: String
    var factor: Double
    var offset: Int
    var width: Int
    var height: Int
    var description: String { "\(change) \(factor)" }
  }

  struct Affine: Decodable, Sendable, CustomStringConvertible {
    var angle: Double
    var rows: Double
    var columns: Double
    var shear: Double
    var zoom: [Double]
    var border: String
    var offset: Int
    var width: Int
    var height: Int
    var description: String { "\(angle) degrees, \(border)" }
  }

  struct Generator: Decodable, Sendable {
    var seed: UInt64
    var purpose: Int64
    var epoch: Int
    var index: Int
    var numbers: [String]
  }

  var decode: [Decode]
  var resize: [Resize]
  var fit: [Fit]
  var color: [Color]
  var affine: [Affine]
  var generator: [Generator]

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/images")

  static let all: Fixtures = {
    do {
      return try JSONDecoder().decode(
        Fixtures.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    } catch {
      preconditionFailure("the fixtures cannot be read: \(error)")
    }
  }()

  private static let expected: Data = {
    do {
      return try Data(contentsOf: folder.appendingPathComponent("expected.bin"))
    } catch {
      preconditionFailure("the fixtures cannot be read: \(error)")
    }
  }()

  /// Expected bytes.
  static func bytes(at offset: Int, count: Int) -> [UInt8] {
    Array(expected[offset..<offset + count])
  }

  /// Expected 32-bit floats.
  static func floats(at offset: Int, count: Int) -> [Float] {
    let bytes = bytes(at: offset, count: 4 * count)
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  static func path(_ file: String) -> String {
    folder.appendingPathComponent(file).path
  }

  static let colors = [
    "white": GraftData.Color.white, "olive": GraftData.Color(red: 90, green: 120, blue: 30),
  ]

  /// The picture that the script calls `pattern`.
  static func pattern(_ width: Int, _ height: Int, seed: Int = 0) -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          let checks = 40 * ((x / 5 + y / 3) % 2)
          let value = x * 7 + y * 13 + c * 61 + (x * y + seed) % 97 + checks
          pixels.append(UInt8(value % 256))
        }
      }
    }
    return RGBImage(size: ImageSize(width: width, height: height), pixels: pixels)
  }
}

/// A folder that goes away with its test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("graft-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file, making the folders on the way.
  func write(_ data: Data, to name: String) throws {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  /// Copies a fixture.
  func copy(_ fixture: String, to name: String) throws {
    try write(Data(contentsOf: URL(fileURLWithPath: Fixtures.path(fixture))), to: name)
  }
}

/// The greatest difference between two arrays of bytes, and where it is.
func greatestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
  guard a.count == b.count else { return .max }
  return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}
