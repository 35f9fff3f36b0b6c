public import Foundation

/// Where everything is kept that can be had again: `$GRAFT_CACHE`, else Graft's part of the user's cache
/// folder (XDG base directory specification).
public enum CacheFolder {
  /// - Parameters:
  ///   - name: What the folder holds: `programs`, `tuning`, `weights`.
  ///   - environment: Names the folder around it.
  public static func named(
    _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    folder(environment).appending(path: name, directoryHint: .isDirectory)
  }

  private static func folder(_ environment: [String: String]) -> URL {
    if let path = environment["GRAFT_CACHE"], !path.isEmpty {
      return URL(filePath: path, directoryHint: .isDirectory)
    }
    let cache: URL
    // The specification has relative paths ignored.
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
      cache = URL(filePath: path, directoryHint: .isDirectory)
    } else {
      cache = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    }
    return cache.appending(path: "graft", directoryHint: .isDirectory)
  }
}
