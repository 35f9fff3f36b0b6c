public import Foundation

extension ModelBundle {
  /// Makes sure that a model can be saved to a folder, as before a long training.
  ///
  /// A bundle that is there may be replaced, anything else is left alone: also a folder with a
  /// `model.json` that holds files which are no part of a bundle.
  ///
  /// - Throws: ``BundleError/occupied(path:)``; ``BundleError/unwritable(path:reason:)``.
  public static func checkPlace(_ url: URL) throws(BundleError) {
    let files = FileManager.default
    var place = url.standardizedFileURL
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
    let probe = place.appending(path: ".graft.\(UUID())").path
    guard mkdir(probe, 0o777) == 0 else {
      let reason = String(cString: strerror(errno))
      throw .unwritable(path: url.path, reason: "\(place.path): \(reason)")
    }
    rmdir(probe)
  }
}
