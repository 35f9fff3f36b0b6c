public import Foundation

/// Graft's part of the user's cache folder (XDG base directory specification).
public enum CacheFolder {
  /// - Parameter name: What the folder holds: `programs`, `tuning`.
  public static func named(_ name: String) -> URL {
    let environment = ProcessInfo.processInfo.environment
    let cache: URL
    // The specification has relative paths ignored.
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
      cache = URL(filePath: path, directoryHint: .isDirectory)
    } else {
      cache = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    }
    return cache.appending(path: "graft", directoryHint: .isDirectory)
      .appending(path: name, directoryHint: .isDirectory)
  }
}
