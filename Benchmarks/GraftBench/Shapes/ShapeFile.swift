import Foundation

/// A file with an operation a line; empty lines and what follows `#` don't count.
struct ShapeFile {
  let name: String
  let lines: [ShapeLine]

  init(contentsOf url: URL) throws {
    name = url.deletingPathExtension().lastPathComponent
    let text = try String(contentsOf: url, encoding: .utf8)
    lines = try text.split(whereSeparator: \.isNewline).compactMap { line in
      let content = line.prefix { $0 != "#" }
      return content.allSatisfy(\.isWhitespace) ? nil : try ShapeLine(String(content))
    }
  }

  /// The files at a path, or all `.txt` files of a folder, by name.
  static func all(at path: String) throws -> [ShapeFile] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ShapeFileError.missing(path)
    }
    let url = URL(fileURLWithPath: path)
    guard isFolder.boolValue else { return [try ShapeFile(contentsOf: url)] }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(".txt") }
      .map { try ShapeFile(contentsOf: url.appending(path: $0)) }
  }
}
