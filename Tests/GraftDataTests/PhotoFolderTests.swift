import Foundation
import GraftData
import Testing

/// Folders of photos as people have them.
@Suite("Photo folders")
struct PhotoFolderTests {
  private func folder(_ files: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in files { try folder.copyBytes("gray.png", to: file) }
    return folder
  }

  @Test(arguments: [
    ("Train", "Val"), ("training", "validation"), ("training_set", "test_set"),
    ("train_set", "Testing"), ("TRAIN", "valid"), ("train", "dev"), ("Training", "validation_set"),
    ("training-set", "val_set"), ("Train Set", "Valid Set"), ("train", "test"),
  ])
  func partsHaveUsualNames(_ training: String, _ heldOut: String) throws {
    let folder = try folder(
      ["\(training)/a/1.png", "\(training)/b/1.png", "\(heldOut)/a/2.png", "\(heldOut)/b/2.png"])
    #expect(ImageFolder.isSplit(at: folder.path))
    let split = try ImageFolder.split(at: folder.path)
    #expect(split.classes == ["a", "b"])
    #expect(split.training.count == 2)
    #expect(split.validation.count == 2)
    #expect(throws: ImageFolderError.splitFolders(folder.path, [training, heldOut].sorted())) {
      try ImageFolder(folder.path)
    }
  }

  @Test func twoFoldersOfOnePartAreAnError() throws {
    let folder = try folder(["train/a/1.png", "train/b/1.png", "val/a/1.png", "valid/a/1.png"])
    #expect(throws: ImageFolderError.ambiguousPart(folder.path, ["val", "valid"])) {
      try ImageFolder.split(at: folder.path)
    }
  }

  @Test func subfoldersWithTheSameClassesAreNoClasses() throws {
    let folder = try folder(["fold1/a/1.png", "fold1/b/1.png", "fold2/a/1.png", "fold2/b/1.png"])
    let error = ImageFolderError.sharedSubfolders(folder.path, ["fold1", "fold2"], ["a", "b"])
    #expect(throws: error) { try ImageFolder(folder.path) }
    #expect("\(error)".contains("--shared-subfolders ignore"))
    let classes = try ImageFolder(folder.path, sharedSubfolders: .ignore)
    #expect(classes.counts == [2, 2])
    // Pictures beside the folders, or one folder in common, are what classes have.
    try folder.copyBytes("gray.png", to: "fold1/3.png")
    #expect(try ImageFolder(folder.path).counts == [3, 2])
  }

  @Test func aTestWithoutClassesIsLeftAlone() throws {
    let folder = try folder(["train/a/1.png", "train/b/1.png", "val/a/1.png", "test/1.png"])
    let split = try ImageFolder.split(at: folder.path)
    #expect(split.test == nil)
    #expect(split.notices.map(\.description).filter { $0.contains("left alone") }.count == 1)
    try folder.copyBytes("gray.png", to: "test/unknown/1.png")
    #expect(try ImageFolder.split(at: folder.path).test == nil)
    // It is needed where there is no other part to validate on.
    let other = try self.folder(["train/a/1.png", "train/b/1.png", "test/1.png"])
    #expect(throws: ImageFolderError.noClass(other.path + "/test")) {
      try ImageFolder.split(at: other.path)
    }
  }

  @Test func aSplitWithNothingToValidateOnIsTrainedOn() throws {
    let flat = try folder(["Train/a/1.png", "Train/b/1.png", "test/1.png"])
    let training = try #require(try ImageFolder.trainingOnly(at: FilePath(flat.path)))
    #expect(training.counts == [1, 1])
    #expect(
      training.notices.map(\.description).filter { $0.contains("test: left alone") }.count == 1)
    try flat.copyBytes("gray.png", to: "test/unknown/1.png")
    #expect(try ImageFolder.trainingOnly(at: FilePath(flat.path)) != nil)
    // One of the classes makes the test part a labelled one.
    try flat.copyBytes("gray.png", to: "test/a/1.png")
    #expect(try ImageFolder.trainingOnly(at: FilePath(flat.path)) == nil)
    let alone = try folder(["training_set/a/1.png", "training_set/b/1.png"])
    #expect(try ImageFolder.trainingOnly(at: FilePath(alone.path))?.notices == [])
    let classes = try folder(["train/1.png", "bus/1.png"])
    #expect(try ImageFolder.trainingOnly(at: FilePath(classes.path)) == nil)
    let whole = try folder(["train/a/1.png", "train/b/1.png", "val/a/1.png"])
    #expect(try ImageFolder.trainingOnly(at: FilePath(whole.path)) == nil)
  }

  @Test func foldersOfSystemsAreNoClasses() throws {
    let folder = try folder(
      ["a/1.png", "b/1.png", "b/@eaDir/1.png/thumb.png", "__MACOSX/a/._1.png", "@eaDir/x.png"])
    let photos = try ImageFolder(folder.path)
    #expect(photos.classes == ["a", "b"])
    #expect(photos.counts == [1, 1])
    #expect(photos.notices.isEmpty)
  }

  @Test func linkedFoldersAreReadOnce() throws {
    let folder = try folder(["root/a/1.png", "root/b/1.png", "elsewhere/x.png", "elsewhere/y.png"])
    let root = folder.path + "/root"
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: root + "/" + name, withDestinationPath: target)
    }
    try link("a/more", to: folder.path + "/elsewhere")
    try link("c", to: folder.path + "/elsewhere")
    let photos = try ImageFolder(root)
    #expect(photos.counts == [3, 1, 2])
    #expect(photos.notices.isEmpty)
    // A circle, the whole folder again, and the same folder by another name.
    try link("a/circle", to: root + "/a")
    try link("a/top", to: "..")
    try link("a/same", to: folder.path + "/elsewhere")
    try link("a/too", to: folder.path + "/elsewhere")
    let again = try ImageFolder(root)
    #expect(again.counts == [3, 1, 2])
    #expect(
      again.notices == [
        .readOnce(link: root + "/a/circle", folder: root + "/a"),
        .readOnce(link: root + "/a/same", folder: root + "/a/more"),
        .readOnce(link: root + "/a/too", folder: root + "/a/more"),
        .readOnce(link: root + "/a/top", folder: root),
      ])
  }

  @Test func namesAreBytes() throws {
    let folder = try folder([
      "bird/1.png", "dog/a\nb.png", "caf\\xE9/1.png", "caf\\xE9/\\xFF.png",
    ])
    let photos = try ImageFolder(folder.path)
    #expect(photos.classes == ["bird", "caf\\xE9", "dog"])
    #expect(photos.counts == [1, 2, 1])
    #expect(photos.entries[2].relativePath.display == "caf\\xE9/\\xFF.png")
    #expect(photos.unreadableImages().isEmpty)
    let found = try PictureFiles(below: FilePath(folder.path))
    #expect(found.paths == (0..<4).map(photos.path(at:)))
  }

  @Test(arguments: [
    "plain", "caf\u{e9}", "cafe\u{301}", "caf\\xE9", "a\\x5Cx41", "a\\b", "\\xF0\\x9F",
    "\u{1F600}\\xFF",
    "a\nb",
  ])
  func namesAsTextLeadBack(_ text: String) {
    #expect(Array(FilePath(display: text).display.utf8) == Array(text.utf8))
  }

  @Test func lettersComposedOrNotAreOneClass() throws {
    let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
    let folder = try folder([
      "train/\(composed)/1.png", "train/dog/1.png", "val/\(decomposed)/1.png", "val/dog/1.png",
    ])
    let split = try ImageFolder.split(at: folder.path)
    #expect(split.validation.entries.map(\.label) == [0, 1])
    #expect(split.validation.unreadableImages().isEmpty)
    try folder.copyBytes("gray.png", to: "train/\(decomposed)/2.png")
    let training = try ImageFolder(folder.path + "/train")
    #expect(training.counts == [2, 1])
    #expect(
      training.notices == [
        .sameClass(folder: folder.path + "/train", name: composed, spellings: 2)
      ])
  }

  @Test func classesAreSortedByCodePoint() throws {
    let folder = try folder(["b/1.png", "A/1.png", "a/1.png", "B/1.png", "10/1.png", "9/1.png"])
    #expect(try ImageFolder(folder.path).classes == ["10", "9", "A", "B", "a", "b"])
  }

  @Test func whatIsLeftOutIsCounted() throws {
    let folder = try folder(["a/1.png", "a/2.ppm", "a/deep/3.GIF", "b/1.png", ".hidden/x.txt"])
    for file in ["a/notes.txt", "a/deep/more.TXT", "b/layers.psd", "README", "b/.hidden"] {
      try folder.write(Data("text".utf8), to: file)
    }
    let photos = try ImageFolder(folder.path)
    #expect(photos.counts == [3, 1])
    let counts = ["txt": 2, "psd": 1, "": 1]
    #expect(photos.notices == [.leftOut(folder: folder.path, counts: counts)])
    #expect(
      photos.notices.first?.description
        == "\(folder.path): 4 files left out: .txt 2, no ending 1, .psd 1")
    // Both parts of one folder know, and it is told once.
    #expect(try photos.split(validation: 0.5, seed: 0).notices == photos.notices)
  }

  @Test func manyKindsOfFilesAreCountedTogether() throws {
    let folder = try folder(["a/1.png", "b/1.png"])
    for ending in "abcdefghijklmn" {
      try folder.write(Data("text".utf8), to: "a/file.\(ending)")
    }
    let notice = try #require(try ImageFolder(folder.path).notices.first)
    #expect(notice.description.contains("14 files left out: .a 1, "))
    #expect(notice.description.hasSuffix(".l 1, others 2"))
  }

  /// What training cannot prepare is found before it.
  @Test func theCheckPreparesWhatTrainingWill() throws {
    let folder = try folder(["a/1.png", "b/1.png"])
    try folder.copyBytes("rgb.png", to: "a/strip.png")
    let photos = try ImageFolder(folder.path)
    var padded = Preprocessing(size: ImageSize(8), resizeRule: .padToSquare(color: .white))
    // 21 x 17 pixels are within the limit, a square of 21 x 21 is not.
    padded.pixelLimit = 400
    let strip = ImageError(
      path: folder.path + "/a/strip.png",
      reason: .tooManyPixels(width: 21, height: 21, limit: 400))
    #expect(photos.unreadableImages(preparedBy: padded).contains(strip))
    #expect(throws: strip) {
      try ImagePreparer(padded).values(ofFileAt: folder.path + "/a/strip.png")
    }
    padded.pixelLimit = 441
    #expect(photos.unreadableImages(preparedBy: padded).isEmpty)
    #expect(photos.unreadableImages().isEmpty)
  }

  @Test func theLimitIsPillows() {
    // Pillow refuses more than twice what it warns of.
    #expect(ImagePreparer.defaultPixelLimit == 2 * 89_478_485)
  }
}

extension TemporaryFolder {
  /// Copies a fixture to a path as `FilePath.display` writes it, making the folders on the way.
  fileprivate func copyBytes(_ fixture: String, to name: String) throws {
    var place = FilePath(path)
    let target = FilePath(display: name)
    for component in target.components.dropLast() {
      place.append(component)
      _ = place.withPlatformString { mkdir($0, 0o777) }
    }
    let file = try #require(target.lastComponent)
    place.append(file)
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path(fixture)))
    let stream = try #require(place.withPlatformString { fopen($0, "w") })
    defer { fclose(stream) }
    let count = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    try #require(count == data.count)
  }
}
