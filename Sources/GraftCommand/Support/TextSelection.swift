import Foundation
import Graft

/// Texts that were asked about, in order.
struct TextSelection {
  /// A text, and where it is from.
  struct Asked {
    var text: Text
    /// The file; `nil` for a text of the command line.
    var path: String?
    /// The place in a table, from 1 on.
    var row: Int?

    /// Whether the text is all that a file holds.
    var isFile: Bool { path != nil && row == nil }
  }

  private let column: String?
  private(set) var texts: [Asked] = []
  /// What was asked for and can't be read.
  private(set) var failures: [PictureFailure] = []

  /// - Parameter column: The column of texts in tables; by default one of a usual name.
  init(column: String?) { self.column = column }

  mutating func add(text: String) { texts.append(Asked(text: Text(text))) }

  /// Adds the texts of a file, a table, or the `.txt` files of a folder at any depth.
  mutating func add(_ path: String) {
    let url = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      return fail(path, "there is no file or folder '\(path)'")
    }
    if isFolder.boolValue { return addFolder(path) }
    do {
      if TextTable.isNamedAsTable(url) {
        let found = try TextTable(contentsOf: url).texts(in: column)
        texts += found.enumerated().map { Asked(text: $1, path: path, row: $0 + 1) }
      } else {
        texts.append(Asked(text: try Text(contentsOf: url), path: path))
      }
    } catch {
      fail(path, "\(error)")
    }
  }

  private mutating func addFolder(_ path: String) {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    let own = names.filter { $0.lowercased().hasSuffix(".txt") && !$0.hasPrefix(".") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if own.isEmpty { fail(path, "there are no .txt files in \(path)") }
    for name in own { add(path.hasSuffix("/") ? path + name : "\(path)/\(name)") }
  }

  private mutating func fail(_ path: String, _ error: String) {
    failures.append(PictureFailure(path: path, error: error))
  }
}
