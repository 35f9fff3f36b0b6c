import Foundation

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
