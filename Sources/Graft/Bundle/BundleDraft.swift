import CFileExchange
import Foundation

/// A bundle that is being written beside its place, which it takes complete or not at all.
///
/// Whenever the process or the machine stops, either the bundle that was there or the new one is there
/// whole, except where a file system can't exchange two folders in one step: there a moment without
/// either remains, after which ``BundleLeftovers`` brings the new one back.
package struct BundleDraft: ~Copyable {
  /// The system's call for changing places; 0, or -1 with `errno`.
  package typealias Exchange = (_ first: String, _ second: String) -> Int32

  /// The folder to write to.
  package let folder: URL
  private let place: URL
  private let exchange: Exchange
  /// Locked as long as the draft is being written: what is not is left from a process that was killed.
  private let descriptor: Int32

  /// Makes an empty draft, having removed those of processes that were killed.
  ///
  /// - Throws: ``BundleError/unwritable(path:reason:)``.
  package init(
    of place: URL, exchange: @escaping Exchange = { graft_exchange($0, $1) }
  ) throws(BundleError) {
    let parent = place.deletingLastPathComponent()
    let leftovers = BundleLeftovers(of: place)
    leftovers.recover()
    leftovers.remove()
    folder = parent.appending(path: BundleLeftovers.newName(for: place))
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: place.path, reason: "\(error.localizedDescription)")
    }
    guard mkdir(folder.path, 0o777) == 0 else { throw Self.failure(place) }
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Where folders can't be locked, others leave it alone because they can't lock it either.
    if descriptor >= 0 { flock(descriptor, LOCK_EX | LOCK_NB) }
    (self.place, self.exchange) = (place, exchange)
  }

  deinit {
    // What stands under this name by now: an unfinished draft, or the bundle that was replaced.
    try? FileManager.default.removeItem(at: folder)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Forces the draft to the disk and lets it take its place.
  ///
  /// - Throws: ``BundleError/unwritable(path:reason:)``; what was there is then there still.
  package consuming func finish() throws(BundleError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names { try sync(name) }
    try Self.sync(folder, of: place)
    if !FileManager.default.fileExists(atPath: place.path) {
      guard rename(folder.path, place.path) == 0 else { throw Self.failure(place) }
    } else if exchange(folder.path, place.path) != 0 {
      guard errno == ENOTSUP else { throw Self.failure(place) }
      try replaceInTwoSteps()
    }
    // The new name is durable once the folder around it is; failing here leaves a sound bundle.
    try? Self.sync(place.deletingLastPathComponent(), of: place)
  }

  private func replaceInTwoSteps() throws(BundleError) {
    let old = folder.path + BundleLeftovers.replacedSuffix
    guard rename(place.path, old) == 0 else { throw Self.failure(place) }
    guard rename(folder.path, place.path) == 0 else {
      let error = Self.failure(place)
      rename(old, place.path)
      throw error
    }
    try? FileManager.default.removeItem(atPath: old)
  }

  /// Forces a file of the draft to the disk.
  func sync(_ name: String) throws(BundleError) {
    try Self.sync(folder.appending(path: name), of: place)
  }

  private static func sync(_ url: URL, of place: URL) throws(BundleError) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(place) }
    defer { close(descriptor) }
    // Some file systems can't force a folder to the disk, and say so.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw failure(place)
    }
  }

  private static func failure(_ place: URL) -> BundleError {
    .unwritable(path: place.path, reason: String(cString: strerror(errno)))
  }
}
