import Foundation

/// Finds the classes and pictures below a folder.
struct ImageFolderListing {
  let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Endings that make a file a picture; those of formats that cannot be decoded are among them, so
  /// that such files are reported instead of passed over.
  private static let pictureEndings: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif",
    "avif",
  ]

  /// The names of the visible subfolders, sorted.
  ///
  /// - Throws: `ImageFolderError` where the folder is missing, is none, or cannot be read.
  func classNames() throws -> [String] {
    try Self.requireFolder(path)
    return try Self.entries(of: path).filter { Self.isFolder("\(path)/\($0)") }
  }

  /// The pictures of the classes, in their order; each class's files folder by folder.
  ///
  /// - Throws: `ImageFolderError` where a folder cannot be read.
  func samples(of classes: [String]) throws -> [ImageFolder.Sample] {
    try classes.enumerated().flatMap { label, name in
      try files(below: name).map { ImageFolder.Sample(relativePath: $0, label: label) }
    }
  }

  /// The pictures below a subfolder: the folders sorted by path, then the files in each by name, as
  /// Keras walks them. Links to folders below the class's own are not followed: they may lead in
  /// circles.
  private func files(below name: String) throws -> [String] {
    var files: [(folder: String, names: [String])] = []
    var pending = [name]
    while let folder = pending.popLast() {
      var names: [String] = []
      for entry in try Self.entries(of: "\(path)/\(folder)") {
        let full = "\(path)/\(folder)/\(entry)"
        if Self.isFolder(full) {
          if !Self.isLink(full) { pending.append("\(folder)/\(entry)") }
        } else if Self.isPicture(entry, at: full) {
          names.append(entry)
        }
      }
      files.append((folder, names))
    }
    files.sort { $0.folder.utf8.lexicographicallyPrecedes($1.folder.utf8) }
    return files.flatMap { folder, names in names.map { "\(folder)/\($0)" } }
  }

  static func requireFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ImageFolderError.missing(path)
    }
    guard isFolder.boolValue else { throw ImageFolderError.notAFolder(path) }
  }

  /// Visible names, sorted by their bytes.
  private static func entries(of path: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw ImageFolderError.unreadable(path, error.localizedDescription)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  /// Whether the name says picture or, where the name says nothing, the first bytes do.
  private static func isPicture(_ name: String, at path: String) -> Bool {
    if pictureEndings.contains((name as NSString).pathExtension.lowercased()) { return true }
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    guard let start = try? file.read(upToCount: ImageFormat.signatureByteCount) else {
      return false
    }
    return start.withUnsafeBytes { ImageFormat(sniffing: $0) != nil }
  }
}
