public import Foundation

extension ModelBundle {
  /// Makes sure that a model can be saved to a folder, as before a long training.
  ///
  /// A bundle that is there may be replaced, anything else is left alone: also a folder with a
  /// `model.json` that holds files which are no part of a bundle. What saves that were killed left there
  /// is recovered or removed.
  ///
  /// - Parameter byteCount: How much room the bundle needs, the one that it replaces still being there.
  /// - Throws: ``BundleError/occupied(path:)``; ``BundleError/unwritable(path:reason:)``;
  ///   ``BundleError/noRoom(path:needed:free:)``.
  public static func checkPlace(_ url: URL, byteCount: Int = 0) throws(BundleError) {
    let files = FileManager.default
    var place = url.standardizedFileURL
    let leftovers = BundleLeftovers(of: place)
    leftovers.recover()
    leftovers.remove()
    if files.fileExists(atPath: place.path) {
      let names = Set((try? files.contentsOfDirectory(atPath: place.path)) ?? [])
      guard names.contains(FileName.manifest),
        names.isSubset(of: [FileName.manifest, FileName.weights])
      else { throw .occupied(path: url.path) }
      place.deleteLastPathComponent()
    }
    while !files.fileExists(atPath: place.path), place.path != "/" {
      place.deleteLastPathComponent()
    }
    // Whether a folder can be made there depends on more than its permissions.
    // Named as a draft, it is cleared away by the next run if this one is killed here.
    let probe = place.appending(path: BundleLeftovers.newName(for: url.standardizedFileURL)).path
    guard mkdir(probe, 0o777) == 0 else {
      let reason = String(cString: strerror(errno))
      throw .unwritable(path: url.path, reason: "\(place.path): \(reason)")
    }
    rmdir(probe)
    if let free = freeByteCount(at: place), free < byteCount {
      throw .noRoom(path: url.path, needed: byteCount, free: free)
    }
  }

  /// How much the user may still write to the disk of a folder; `nil` where it doesn't say.
  private static func freeByteCount(at folder: URL) -> Int? {
    var status = statvfs()
    guard statvfs(folder.path, &status) == 0, status.f_blocks > 0 else { return nil }
    let (count, overflows) = UInt64(status.f_bavail)
      .multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflows ? nil : Int(clamping: count)
  }
}
