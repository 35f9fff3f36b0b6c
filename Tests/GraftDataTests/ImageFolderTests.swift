import Foundation
import GraftData
import Testing

@Suite("Folders of pictures")
struct ImageFolderTests {
  /// Three classes; nested, hidden and foreign files; names that sort differently by other rules.
  private func makeFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in [
      "zebra/b.png", "zebra/a.png", "Ant/2.png", "Ant/10.png", "Ant/sub/1.png", "Ant/sub-x/3.png",
      "Ant/sub/deep/4.png", "äpfel/x.png", "äpfel/without-ending", "Ant/.hidden.png",
      ".cache/c.png", "Ant/.git/5.png", "stray.png",
    ] {
      try folder.copy("gray.png", to: name)
    }
    try folder.write(Data("notes".utf8), to: "Ant/notes.txt")
    try folder.write(Data("no ending, no picture".utf8), to: "zebra/README")
    return folder
  }

  @Test func listsAsKerasDoes() throws {
    let folder = try makeFolder()
    let photos = try ImageFolder(folder.path)
    #expect(photos.classes == ["Ant", "zebra", "äpfel"])
    // Folders sorted by path, then the files in each by name.
    let paths = [
      "Ant/10.png", "Ant/2.png", "Ant/sub/1.png", "Ant/sub-x/3.png", "Ant/sub/deep/4.png",
      "zebra/a.png", "zebra/b.png", "äpfel/without-ending", "äpfel/x.png",
    ]
    #expect(photos.entries.map(\.relativePath.display) == paths)
    #expect(photos.counts == [5, 2, 2])
    #expect(photos.path(at: 0).display == folder.path + "/Ant/10.png")
  }

  @Test func foldersOfASplit() throws {
    let folder = try TemporaryFolder()
    for name in [
      "train/a/1.png", "train/b/1.png", "train/c/1.png", "val/a/1.png", "val/c/1.png",
      "test/b/1.png",
    ] {
      try folder.copy("gray.png", to: name)
    }
    #expect(ImageFolder.isSplit(at: folder.path))
    let parts = try ImageFolder.split(at: folder.path)
    #expect(parts.classes == ["a", "b", "c"])
    #expect(parts.validation.entries.map(\.label) == [0, 2])
    #expect(parts.test?.entries.map(\.relativePath) == [FilePath("b/1.png")])
    #expect(throws: ImageFolderError.splitFolders(folder.path, ["test", "train", "val"])) {
      try ImageFolder(folder.path)
    }
    #expect(throws: ImageFolderError.splitFolders(folder.path, ["test", "train", "val"])) {
      try ImageFolder.heldOut(folder.path, classes: ["a", "b", "c"])
    }
    try folder.copy("gray.png", to: "val/d/1.png")
    #expect(throws: ImageFolderError.unknownClasses(folder.path + "/val", ["d"])) {
      try ImageFolder.split(at: folder.path)
    }
  }

  @Test func testServesWhereThereIsNoValidation() throws {
    let folder = try TemporaryFolder()
    for name in ["train/a/1.png", "train/b/1.png", "test/a/2.png", "test/b/2.png"] {
      try folder.copy("gray.png", to: name)
    }
    let parts = try ImageFolder.split(at: folder.path)
    #expect(parts.validation.count == 2)
    #expect(parts.test == nil)
  }

  @Test func wrongFoldersAreErrors() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/nowhere"
    #expect(throws: ImageFolderError.missing(missing)) { try ImageFolder(missing) }
    #expect(throws: ImageFolderError.noClass(folder.path)) { try ImageFolder(folder.path) }
    try folder.copy("gray.png", to: "a/1.png")
    let file = folder.path + "/a/1.png"
    #expect(throws: ImageFolderError.notAFolder(file)) { try ImageFolder(file) }
    #expect(throws: ImageFolderError.oneClass(folder.path, "a")) { try ImageFolder(folder.path) }
    try folder.write(Data(), to: "b/notes.txt")
    try folder.write(Data(), to: "c/notes.txt")
    #expect(throws: ImageFolderError.emptyClasses(folder.path, ["b", "c"])) {
      try ImageFolder(folder.path)
    }
    #expect(throws: ImageFolderError.missingPart(folder.path, ["train"])) {
      try ImageFolder.split(at: folder.path)
    }
  }

  @Test func badPicturesAreAllListedOrSkipped() throws {
    let folder = try TemporaryFolder()
    for name in ["a/1.png", "a/2.png", "b/1.png", "b/2.png"] {
      try folder.copy("rgb.png", to: name)
    }
    try folder.write(Data("text".utf8), to: "a/bad.jpg")
    try folder.write(Data(), to: "b/empty.png")
    try folder.write(Data("8BPS".utf8), to: "b/moving.gif")
    let photos = try ImageFolder(folder.path)
    for threads in 1...4 {
      let bad = photos.unreadableImages(threadCount: threads)
      #expect(
        bad.map(\.path)
          == ["a/bad.jpg", "b/empty.png", "b/moving.gif"].map {
            folder.path + "/" + $0
          })
      #expect(bad.map(\.reason) == [.unknownFormat(nil), .empty, .unknownFormat("PSD")])
    }
    #expect(throws: ImageFolderError.self) { try photos.checked() }
    let (rest, skipped) = try photos.checked(onBadImage: .skip)
    #expect(skipped.count == 3)
    #expect(rest.counts == [2, 2])
  }

  @Test func skippingAWholeClassIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.copy("rgb.png", to: "a/1.png")
    try folder.write(Data("text".utf8), to: "b/bad.png")
    let photos = try ImageFolder(folder.path)
    #expect(throws: ImageFolderError.emptyClasses(folder.path, ["b"])) {
      try photos.checked(onBadImage: .skip)
    }
  }
}
