/// The parts of a split that somebody has already made, by the folder names that are usual for them, in
/// any case.
enum SplitPart: CaseIterable {
  case training
  case validation
  case test

  var names: [String] {
    switch self {
    case .training: ["train", "training", "training_set", "train_set"]
    case .validation:
      ["val", "valid", "validation", "validation_set", "valid_set", "val_set", "dev"]
    case .test: ["test", "testing", "test_set"]
    }
  }

  /// The part that a folder of this name is.
  init?(_ name: String) {
    let name = name.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    guard let part = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
    self = part
  }
}

/// The folders of the parts of a split, by their usual names.
package struct SplitFolders {
  package let training: String?
  package let validation: String?
  package let test: String?

  /// The parts that lie in a folder.
  package init(in path: String) {
    let folders = try? ClassFolders(in: FilePath(path))
    func folder(_ part: SplitPart) -> String? { (try? folders?.part(part))?.string }
    (training, validation, test) = (folder(.training), folder(.validation), folder(.test))
  }
}

extension ImageFolder {
  /// Whether the subfolders are those of a split rather than classes.
  static func looksSplit(_ names: [String]) -> Bool {
    names.allSatisfy { SplitPart($0) != nil } && names.contains { SplitPart($0) == .training }
  }

  /// Whether a folder holds `train` beside `val`, `test` or another usual name of such a part, in any
  /// case.
  public static func isSplit(at path: FilePath) -> Bool {
    guard let names = try? ClassFolders(in: path).names else { return false }
    let parts = Set(names.compactMap(SplitPart.init))
    return parts.contains(.training) && parts.count > 1
  }

  /// Whether a folder holds the parts of a split; see ``isSplit(at:)``.
  public static func isSplit(at path: String) -> Bool {
    isSplit(at: FilePath(path))
  }

  /// Opens a folder with the subfolders `train` and `val` and, where there is one, `test`, each with a
  /// folder for each class. Other usual names (`training`, `valid`, `validation`, `dev`, `testing`,
  /// `test_set` and the like) will do, in any case. Without a validation folder `test` serves as one;
  /// beside one, a `test` that is not sorted by class is left alone, and noticed.
  ///
  /// The training folder names the classes; a held-out folder may lack some of them.
  /// - Throws: `ImageFolderError` where a part is missing or there twice, or a held-out folder has
  ///   other classes.
  public static func split(at path: FilePath) throws -> DatasetSplit<ImageFolder> {
    let folders = try ClassFolders(in: path)
    guard let training = try folders.part(.training) else {
      throw ImageFolderError.missingPart(path.display, ["train"])
    }
    let learned = try ImageFolder(training)
    let test = try folders.part(.test)
    if let validation = try folders.part(.validation) {
      let watched = try heldOut(validation, classes: learned.classes)
      return DatasetSplit(training: learned, validation: watched).adding(test: test)
    }
    guard let test else {
      throw ImageFolderError.missingPart(path.display, ["val", "test"])
    }
    return DatasetSplit(
      training: learned, validation: try heldOut(test, classes: learned.classes))
  }

  /// Opens the parts of a split; see ``split(at:)``.
  public static func split(at path: String) throws -> DatasetSplit<ImageFolder> {
    try split(at: FilePath(path))
  }

  /// Opens the training folder of a split whose other parts can't serve to validate on: there is no
  /// validation folder, and `test` is missing or not sorted by class, which is noticed. `nil` where the
  /// subfolders are no split, or there is a part to validate on.
  ///
  /// - Throws: `ImageFolderError` where a part is there twice, or the training folder is no data set.
  public static func trainingOnly(at path: FilePath) throws -> ImageFolder? {
    let folders = try ClassFolders(in: path)
    guard isSplit(at: path) || looksSplit(folders.names),
      let training = try folders.part(.training), try folders.part(.validation) == nil
    else { return nil }
    let learned = try ImageFolder(training)
    guard let test = try folders.part(.test) else { return learned }
    guard try !ClassFolders(in: test).names.contains(where: learned.classes.contains) else {
      return nil
    }
    return learned.noticing(
      .partLeftAlone(
        folder: test.display, reason: "it has none of the folders of \(training.display)"))
  }

  fileprivate func noticing(_ notice: FolderNotice) -> ImageFolder {
    ImageFolder(path: path, classes: classes, entries: entries, notices: notices + [notice])
  }

  /// Lists a folder by the classes of another.
  ///
  /// - Throws: `ImageFolderError` where it has classes of its own or no picture at all.
  public static func heldOut(_ path: FilePath, classes: [String]) throws -> ImageFolder {
    let folders = try ClassFolders(in: path)
    let names = folders.names
    if looksSplit(names) { throw ImageFolderError.splitFolders(path.display, names) }
    if names.isEmpty { throw ImageFolderError.noClass(path.display) }
    let unknown = names.filter { !classes.contains($0) }
    if !unknown.isEmpty { throw ImageFolderError.unknownClasses(path.display, unknown) }
    let (entries, notices) = try folders.entries(of: classes)
    if entries.isEmpty { throw ImageFolderError.emptyClasses(path.display, classes) }
    return ImageFolder(path: path, classes: classes, entries: entries, notices: notices)
  }

  /// Lists a folder by the classes of another; see ``heldOut(_:classes:)``.
  public static func heldOut(_ path: String, classes: [String]) throws -> ImageFolder {
    try heldOut(FilePath(path), classes: classes)
  }
}

extension ClassFolders {
  /// The folder of a part, if there is one.
  ///
  /// - Throws: `ImageFolderError` where there are several.
  func part(_ part: SplitPart) throws -> FilePath? {
    let found = classes.filter { SplitPart($0.name) == part }.flatMap(\.folders)
    guard found.count < 2 else {
      throw ImageFolderError.ambiguousPart(path.display, found.map(\.display))
    }
    return found.first.map { path.appending(bytes: $0.bytes) }
  }
}

extension DatasetSplit<ImageFolder> {
  /// What was left out of all parts, and the like.
  public var notices: [FolderNotice] {
    var seen: Set<FolderNotice> = []
    return (training.notices + validation.notices + (test?.notices ?? []))
      .filter { seen.insert($0).inserted }
  }

  /// With a part to judge by at the end, which training does without: one that is not sorted by the
  /// same classes is noticed and left alone.
  fileprivate func adding(test path: FilePath?) -> DatasetSplit {
    guard let path else { return self }
    var result = self
    do {
      result.test = try ImageFolder.heldOut(path, classes: classes)
    } catch {
      let place = path.display + ": "
      let words = "\(error)"
      let reason = words.hasPrefix(place) ? String(words.dropFirst(place.count)) : words
      result.training = training.noticing(.partLeftAlone(folder: path.display, reason: reason))
    }
    return result
  }
}
