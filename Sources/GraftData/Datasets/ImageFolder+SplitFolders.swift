/// The folder names of a split that somebody has already made, as torchvision's examples and
/// Ultralytics use them.
enum SplitFolders {
  static let training = ["train"]
  static let validation = ["val", "valid", "validation"]
  static let test = ["test"]

  static var heldOutNames: [String] { validation + test }
}

extension ImageFolder {
  /// Whether a folder holds `train` beside `val`, `valid`, `validation` or `test`.
  public static func isSplit(at path: String) -> Bool {
    guard let names = try? ImageFolderListing(path).classNames() else { return false }
    return names.contains("train") && SplitFolders.heldOutNames.contains(where: names.contains)
  }

  /// Opens a folder with the subfolders `train` and `val` (or `valid`, `validation`) and, where there
  /// is one, `test`, each with a folder for each class. Without a validation folder `test` serves as
  /// one.
  ///
  /// The training folder names the classes; a held-out folder may lack some of them.
  /// - Throws: `ImageFolderError` where a part is missing or a held-out folder has other classes.
  public static func split(at path: String) throws -> DatasetSplit<ImageFolder> {
    let names = try ImageFolderListing(path).classNames()
    func part(_ candidates: [String]) -> String? {
      candidates.first(where: names.contains).map { "\(path)/\($0)" }
    }
    guard let trainingPath = part(SplitFolders.training) else {
      throw ImageFolderError.missingPart(path, SplitFolders.training)
    }
    let training = try ImageFolder(trainingPath)
    let test = try part(SplitFolders.test).map { try heldOut($0, classes: training.classes) }
    if let validationPath = part(SplitFolders.validation) {
      let validation = try heldOut(validationPath, classes: training.classes)
      return DatasetSplit(training: training, validation: validation, test: test)
    }
    guard let test else {
      throw ImageFolderError.missingPart(path, SplitFolders.heldOutNames)
    }
    return DatasetSplit(training: training, validation: test)
  }

  /// Lists a folder by the classes of another.
  ///
  /// - Throws: `ImageFolderError` where it has classes of its own or no picture at all.
  public static func heldOut(_ path: String, classes: [String]) throws -> ImageFolder {
    let listing = ImageFolderListing(path)
    let names = try listing.classNames()
    if looksSplit(names) { throw ImageFolderError.splitFolders(path, names) }
    let unknown = names.filter { !classes.contains($0) }
    if !unknown.isEmpty { throw ImageFolderError.unknownClasses(path, unknown) }
    let present = classes.enumerated().filter { names.contains($0.element) }
    let samples = try listing.samples(of: present.map(\.element)).map {
      Sample(relativePath: $0.relativePath, label: present[$0.label].offset)
    }
    if samples.isEmpty { throw ImageFolderError.emptyClasses(path, classes) }
    return ImageFolder(path: path, classes: classes, samples: samples)
  }
}
