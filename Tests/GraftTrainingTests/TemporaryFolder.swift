import Foundation

/// A folder that goes with the test that made it.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(
    path: "graft-\(UUID().uuidString)", directoryHint: .isDirectory)

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func callAsFunction(_ name: String) -> URL { url.appending(path: name) }
}
