import Foundation
public import GraftData
public import GraftText

/// A folder for each class with a `.txt` file, in UTF-8, for each text, at any depth below it, as
/// Keras's `text_dataset_from_directory` reads them.
///
/// Classes and files are sorted by their bytes. Opening a folder lists it and reads nothing.
public struct TextFolder: ClassifiedDataset {
  public typealias Input = Text

  /// The names of the classes' folders.
  public let classes: [String]
  private let files: [(url: URL, label: Int)]

  /// Lists a folder whose subfolders are the classes.
  ///
  /// - Throws: ``TextDatasetError`` where there are fewer than two classes, or a class has no text.
  public init(_ path: String) throws {
    let folder = URL(fileURLWithPath: path)
    func isFolder(_ url: URL) -> Bool {
      (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
    func sorted(_ names: [String]) -> [String] {
      names.filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw TextDatasetError("\(path) can't be read; give a folder with a folder for each class")
    }
    classes = sorted(names).filter { isFolder(folder.appending(path: $0)) }
    guard classes.count >= 2 else {
      throw TextDatasetError(
        "\(path) has \(classes.count) folders; texts of at least two classes are needed, each in a "
          + "folder of its own")
    }
    var files: [(url: URL, label: Int)] = []
    for (label, name) in classes.enumerated() {
      let inside = folder.appending(path: name)
      let paths = sorted((try? FileManager.default.subpathsOfDirectory(atPath: inside.path)) ?? [])
      let own = paths.filter { $0.lowercased().hasSuffix(".txt") }
      guard !own.isEmpty else {
        throw TextDatasetError("\(inside.path) has no .txt file; each text is a file of its own")
      }
      files += own.map { (inside.appending(path: $0), label) }
    }
    self.files = files
  }

  public var count: Int { files.count }
  public func label(at index: Int) -> Int { files[index].label }

  /// One text.
  ///
  /// - Throws: ``TextDatasetError`` where its file can't be read or is no UTF-8.
  public func sample(at index: Int) throws -> Labeled<Text, Int> {
    let (url, label) = files[index]
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw TextDatasetError("\(url.path) can't be read as UTF-8")
    }
    return Labeled(Text(text), label)
  }
}
