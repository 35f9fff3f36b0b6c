/// The subfolders of a folder, by the class that each belongs to.
struct ClassFolders {
  /// Folders of one class: more than one where a name is there in composed and decomposed letters.
  struct Class {
    /// As text, which is equal to its other spellings.
    let name: String
    fileprivate(set) var folders: [FileName]
  }

  let path: FilePath
  /// Sorted by the bytes of the first folder's name.
  private(set) var classes: [Class] = []
  private let identity: FolderEntries.Identity
  /// Files beside the subfolders.
  private let strayFiles: [FileName]

  var names: [String] { classes.map(\.name) }

  /// - Throws: `ImageFolderError` where the folder is missing, is none, or cannot be read.
  init(in path: FilePath) throws {
    self.path = path
    let entries = try FolderEntries(of: path)
    (identity, strayFiles) = (entries.identity, entries.files)
    var places: [String: Int] = [:]
    for folder in entries.folders {
      let name = folder.display
      if let place = places[name] {
        classes[place].folders.append(folder)
      } else {
        places[name] = classes.count
        classes.append(Class(name: name, folders: [folder]))
      }
    }
  }

  /// The pictures of some classes, each with its place in `names` as its label, and what was left out.
  ///
  /// - Throws: `ImageFolderError` where a folder cannot be read.
  func entries(
    of names: [String]
  ) throws -> (entries: [ImageFolder.Entry], notices: [FolderNotice]) {
    let places = Dictionary(uniqueKeysWithValues: classes.map { ($0.name, $0.folders) })
    var walk = PictureWalk(path)
    walk.leaveOut(strayFiles)
    var entries: [ImageFolder.Entry] = []
    var notices: [FolderNotice] = []
    for (label, name) in names.enumerated() {
      guard let folders = places[name] else { continue }
      let pictures = try walk.pictures(below: folders.map(\.bytes), known: [identity: path])
      entries += pictures.map { ImageFolder.Entry(bytes: $0, label: label) }
      if folders.count > 1 {
        notices.append(
          .sameClass(folder: path.display, name: name, spellings: folders.count))
      }
    }
    return (entries, notices + walk.summary)
  }

  /// The names of the folders in each subfolder, if these are the same in all, two or more, and no
  /// picture lies beside them: so it is where the subfolders are parts of a split.
  ///
  /// - Throws: `ImageFolderError` where a folder cannot be read.
  func sharedSubfolders() throws -> [String]? {
    guard classes.count > 1 else { return nil }
    var shared: [String]?
    for folder in classes.flatMap(\.folders) {
      let inside = try ClassFolders(in: path.appending(bytes: folder.bytes))
      guard inside.names.count > 1, shared == nil || shared == inside.names,
        !inside.strayFiles.contains(where: PictureWalk.isNamedAsPicture)
      else { return nil }
      shared = inside.names
    }
    return shared
  }
}
