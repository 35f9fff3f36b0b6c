import Graft

/// The photos of a training before any is decoded.
enum ListedPhotos {
  case folder(ImageFolder)
  case split(DatasetSplit<ImageFolder>)

  init(_ options: Train) throws {
    let directory = FilePath(display: options.directory)
    if let training = try ImageFolder.trainingOnly(at: directory) {
      self = .folder(training)
    } else if ImageFolder.isSplit(at: directory) {
      self = .split(try ImageFolder.split(at: directory))
    } else {
      self = .folder(
        try ImageFolder(directory, sharedSubfolders: options.data.sharedSubfolders))
    }
  }

  /// What was left out, and the like.
  var notices: [FolderNotice] {
    switch self {
    case .folder(let folder): folder.notices
    case .split(let split): split.notices
    }
  }

  /// The photos to train on and those held out, if any are, all of which can be prepared, and why others
  /// were left out.
  func checked(
    _ options: Train, preparedBy preprocessing: Preprocessing
  ) throws -> (training: ImageFolder, validation: ImageFolder?, skipped: [ImageError]) {
    let data = options.data
    func check(_ folder: ImageFolder) throws -> (ImageFolder, [ImageError]) {
      try folder.checked(onBadImage: data.onBadImage, preparedBy: preprocessing)
    }
    switch self {
    case .split(let split):
      let (training, bad) = try check(split.training)
      let (validation, worse) = try check(split.validation)
      return (training, validation, bad + worse)
    case .folder(let folder):
      let (rest, skipped) = try check(folder)
      if data.validation == 0 { return (rest, nil, skipped) }
      let split = try rest.split(
        validation: data.validation, stratified: true, seed: options.shared.seed)
      return (split.training, split.validation, skipped)
    }
  }
}
