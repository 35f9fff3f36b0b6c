public import Foundation
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
  /// - Parameter known: The classes, such as a model's; by default all subfolders, two or more.
  /// - Throws: ``TextDatasetError`` where there are fewer than two classes, other ones than those known,
  ///   or a class has no text.
  public init(_ path: String, classes known: [String]? = nil) throws {
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
    let found = sorted(names).filter { isFolder(folder.appending(path: $0)) }
    let classes = known ?? found
    guard found.count >= 2 || known != nil else {
      throw TextDatasetError(
        "\(path) has \(found.count) folders; texts of at least two classes are needed, each in a "
          + "folder of its own")
    }
    if let other = found.first(where: { !classes.contains($0) }) {
      throw TextDatasetError(
        "\(path) has a folder '\(other)', which is none of the classes "
          + classes.joined(separator: ", "))
    }
    var files: [(url: URL, label: Int)] = []
    for (label, name) in classes.enumerated() where found.contains(name) {
      let inside = folder.appending(path: name)
      let paths = sorted((try? FileManager.default.subpathsOfDirectory(atPath: inside.path)) ?? [])
      let own = paths.filter { $0.lowercased().hasSuffix(".txt") }
      guard !own.isEmpty else {
        throw TextDatasetError("\(inside.path) has no .txt file; each text is a file of its own")
      }
      files += own.map { (inside.appending(path: $0), label) }
    }
    guard !files.isEmpty else {
      throw TextDatasetError(
        "\(path) has none of the folders \(classes.joined(separator: ", "))")
    }
    (self.classes, self.files) = (classes, files)
  }

  /// Opens a folder with the subfolders `train` and `val` (or `test`, or another usual name of such a
  /// part), each with a folder for each class; `nil` where the folder holds no such parts.
  ///
  /// - Throws: ``TextDatasetError`` where a part is no data set, or has classes that the first has not.
  public static func split(at path: String) throws -> DatasetSplit<TextFolder>? {
    let parts = SplitFolders(in: path)
    guard let training = parts.training, let other = parts.validation ?? parts.test else {
      return nil
    }
    let learned = try TextFolder(training)
    return DatasetSplit(
      training: learned, validation: try TextFolder(other, classes: learned.classes))
  }

  public var count: Int { files.count }
  public func label(at index: Int) -> Int { files[index].label }

  /// One text.
  ///
  /// - Throws: ``TextDatasetError`` where its file can't be read or is no UTF-8.
  public func sample(at index: Int) throws -> Labeled<Text, Int> {
    let (url, label) = files[index]
    return Labeled(try Text(contentsOf: url), label)
  }
}

extension Text {
  /// A file as one text; a byte order mark is no part of it.
  ///
  /// - Throws: ``TextDatasetError`` where it can't be read or is no UTF-8.
  public init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url),
      let text = String(validating: data, as: UTF8.self)
    else { throw TextDatasetError("\(url.path) can't be read as UTF-8") }
    self.init(text.first == "\u{FEFF}" ? String(text.dropFirst()) : text)
  }
}
