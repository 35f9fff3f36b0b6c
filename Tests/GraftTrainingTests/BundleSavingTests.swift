import CFileExchange
import Foundation
import Graft
import Testing

/// Saving where the process or the disk gives up half-way.
@Suite struct BundleSavingTests {
  private let folder = FileManager.default.temporaryDirectory.appending(
    path: "graft-saving-\(UUID().uuidString)")
  private var place: URL { folder.appending(path: "small.graft") }
  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  private init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private static func makeLearner(seed: UInt64 = 0) throws -> Learner<ImageClassification> {
    let model = Model(name: "small", inputSize: 4, classNames: ["a", "b"]) {
      GlobalAveragePooling()
      Dense(2)
    }
    return try Learner(model, device: CPUDevice(), seed: seed)
  }

  /// Which of two seeds the bundle at the place was made with.
  private func savedSeed() throws -> UInt64? {
    let saved = try Learner(bundle: place, device: CPUDevice()).parameters()
    return try (0...1).first { seed in
      let made = try Self.makeLearner(seed: UInt64(seed)).parameters()
      return try made.values(at: "dense.weight") == saved.values(at: "dense.weight")
    }.map(UInt64.init)
  }

  /// What a killed save leaves: a whole bundle or a part of one, of a seed, under a name of its own.
  private func leave(_ name: String, seed: UInt64, isWhole: Bool = true) throws {
    let url = folder.appending(path: name)
    try Self.makeLearner(seed: seed).save(to: url)
    guard !isWhole else { return }
    try FileManager.default.moveItem(
      at: url.appending(path: "weights.safetensors"),
      to: url.appending(path: ".weights.safetensors.123.tmp"))
  }

  @Test func thePlaceIsNeverEmpty() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.makeLearner(seed: 0).save(to: place)
    let draft = try BundleDraft(of: place) { first, second in
      // The one call that makes the difference: both are whole before it and after it.
      #expect(ModelBundle.exists(at: place) && ModelBundle.exists(at: URL(filePath: first)))
      let result = graft_exchange(first, second)
      #expect(ModelBundle.exists(at: place) && ModelBundle.exists(at: URL(filePath: first)))
      return result
    }
    try copyBundle(seed: 1, to: draft.folder)
    try draft.finish()
    #expect(try savedSeed() == 1)
    #expect(try names == ["small.graft"])
  }

  @Test func fileSystemsWithoutExchangeReplaceToo() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.makeLearner(seed: 0).save(to: place)
    let draft = try BundleDraft(of: place) { _, _ in
      errno = ENOTSUP
      return -1
    }
    try copyBundle(seed: 1, to: draft.folder)
    try draft.finish()
    #expect(try savedSeed() == 1)
    #expect(try names == ["small.graft"])
  }

  @Test func whatCannotBeReplacedStays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.makeLearner(seed: 0).save(to: place)
    let draft = try BundleDraft(of: place) { _, _ in
      errno = EIO
      return -1
    }
    try copyBundle(seed: 1, to: draft.folder)
    do {
      try draft.finish()
      Issue.record("a failed exchange is an error")
    } catch {
      #expect(error.description.contains(place.path))
    }
    #expect(try savedSeed() == 0)
    #expect(try names == ["small.graft"])
  }

  private func copyBundle(seed: UInt64, to draft: URL) throws {
    let other = folder.appending(path: "other.graft")
    try Self.makeLearner(seed: seed).save(to: other)
    for name in try FileManager.default.contentsOfDirectory(atPath: other.path) {
      try FileManager.default.moveItem(
        at: other.appending(path: name), to: draft.appending(path: name))
    }
    try FileManager.default.removeItem(at: other)
  }

  /// The states between the renames of a save, as a kill leaves them.
  @Test func aKilledSaveIsBroughtToItsEnd() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    // Between the two renames: the old one moved away, the new one not yet there.
    try leave(".small.graft.0123ABCD.old", seed: 0)
    try leave(".small.graft.0123ABCD", seed: 1)
    #expect(ModelBundle.exists(at: place))
    #expect(try savedSeed() == 1)
    try Self.makeLearner(seed: 0).save(to: place)
    #expect(try names == ["small.graft"])
    #expect(try savedSeed() == 0)
  }

  /// A draft before what it was to replace, of several the newest, whatever their names.
  @Test func ofSeveralLeftoversTheNewestDraftIsTaken() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, seed, age) in [
      ("0123ABC0", 0, 7200.0), ("0123ABC1", 1, 3600), ("0123ABC2", 0, 9000), ("0123ABC3.old", 0, 0),
    ] {
      try leave(".small.graft.\(name)", seed: UInt64(seed))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)],
        ofItemAtPath: folder.appending(path: ".small.graft.\(name)").path)
    }
    #expect(ModelBundle.exists(at: place))
    #expect(try savedSeed() == 1)
  }

  @Test func halfADraftIsNoBundle() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try leave(".small.graft.0123ABCD.old", seed: 0)
    try leave(".small.graft.0123ABCD", seed: 1, isWhole: false)
    #expect(try savedSeed() == 0)
    try ModelBundle.checkPlace(place)
    #expect(try names == ["small.graft"])
  }

  @Test func onlyOwnLeftoversAreRemoved() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.makeLearner(seed: 0).save(to: place)
    // Another bundle's, a folder with more in it, a file, another name.
    let others = [
      ".other.graft.0123ABCD", ".small.graft.0123ABCE", ".small.graft.0123ABCF",
      ".small.graft.notes",
    ]
    for name in others where name != others[2] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try Data().write(to: folder.appending(path: "\(others[1])/thesis.txt"))
    try Data().write(to: folder.appending(path: others[2]))
    // A link to a whole bundle of another place.
    let (link, elsewhere) = (".small.graft.0123ABD0", folder.appending(path: "elsewhere.graft"))
    try Self.makeLearner(seed: 0).save(to: elsewhere)
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: link).path, withDestinationPath: elsewhere.path)
    // A draft that another process is writing.
    let draft = try BundleDraft(of: place)
    try Self.makeLearner(seed: 1).save(to: place)
    #expect(FileManager.default.fileExists(atPath: draft.folder.path))
    #expect(Set(try names).isSuperset(of: others + [link]))
    #expect(ModelBundle.exists(at: elsewhere))
  }

  @Test func aFullDiskIsFoundBefore() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try ModelBundle.checkPlace(place, byteCount: 1)
    let error = #expect(throws: BundleError.self) {
      try ModelBundle.checkPlace(place, byteCount: 1 << 60)
    }
    #expect(error?.description.contains("free; make room") == true)
    #expect(error?.description.contains(place.path) == true)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk, on Linux"))
  func aSmallDiskIsFoundBeforeTraining() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try SmallDisk.mount(at: folder)
    defer { try? SmallDisk.unmount(folder) }
    let learner = try Self.makeLearner()
    let error = #expect(throws: BundleError.self) { try learner.checkSavable(to: place) }
    #expect(error?.description.contains("the disk has 0.1 MiB free") == true)
    try learner.save(to: place)
    // Writing beyond the end leaves what was there, and an error that names the bundle.
    let wide = Model(name: "wide", inputSize: 4, classNames: ["a", "b"]) {
      GlobalAveragePooling()
      Dense(20_000)
      Dense(2)
    }
    let failure = #expect(throws: BundleError.self) {
      try Learner(wide, device: CPUDevice()).save(to: place)
    }
    #expect(failure?.description.contains(place.path) == true)
    #expect(failure?.description.contains("No space left") == true)
    #expect(try names == ["small.graft"])
    #expect(try savedSeed() == 0)
  }
}

/// A file system of 64 KiB.
private enum SmallDisk {
  /// Containers may keep even root from it.
  static let isPossible: Bool = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard geteuid() == 0, (try? mount(at: folder)) != nil else { return false }
    return (try? unmount(folder)) != nil
  }()

  static func mount(at folder: URL) throws {
    try run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path)
  }

  static func unmount(_ folder: URL) throws { try run("umount", folder.path) }

  private static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw POSIXError(.EPERM) }
  }
}
