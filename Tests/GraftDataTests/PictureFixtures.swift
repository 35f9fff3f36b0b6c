import Foundation
import GraftData

/// What `Tests/Fixtures/make_picture_fixtures.py` wrote: pictures of odd kinds and what Pillow makes of
/// them.
struct PictureFixture: Decodable, Sendable, CustomStringConvertible {
  var file: String
  var offset: Int
  var width: Int
  var height: Int
  /// Why Pillow is not the judge.
  var reason: String?
  /// How far pixels may be away where another library decodes lossy data than Pillow's.
  var tolerance: Int?

  var description: String { file }
  var isHEIF: Bool { file.hasSuffix(".heic") || file.hasSuffix(".avif") }

  static let folder = Fixtures.folder.deletingLastPathComponent().appending(path: "pictures")

  static let all: [PictureFixture] = {
    do {
      let data = try Data(contentsOf: folder.appending(path: "expected.json"))
      return try JSONDecoder().decode([PictureFixture].self, from: data)
    } catch {
      preconditionFailure("the fixtures cannot be read: \(error)")
    }
  }()

  private static let expected: Data = {
    do {
      return try Data(contentsOf: folder.appending(path: "expected.bin"))
    } catch {
      preconditionFailure("the fixtures cannot be read: \(error)")
    }
  }()

  var path: String { Self.folder.appending(path: file).path }

  /// Height x width x 3 bytes.
  var pixels: [UInt8] { Array(Self.expected[offset..<offset + width * height * 3]) }

  func data() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
}
