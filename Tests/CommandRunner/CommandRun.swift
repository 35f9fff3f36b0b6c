public import Foundation

/// One run of the command `graft` as a process of its own, with an environment of its own.
public struct CommandRun: Sendable {
  /// What the process ended with; nil where a signal ended it.
  public var status: Int32?
  /// All that it printed.
  public var output: String

  /// Runs the command that was built beside the tests.
  ///
  /// - Parameters:
  ///   - folder: Where it runs.
  ///   - environment: What is added to the environment of the tests.
  public init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) async throws {
    let process = Process()
    process.executableURL = try Self.command
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let log = FileManager.default.temporaryDirectory.appending(path: "graft-\(UUID()).log")
    defer { try? FileManager.default.removeItem(at: log) }
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { process in
        let isExit = process.terminationReason == .exit
        continuation.resume(returning: isExit ? process.terminationStatus : nil)
      }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
    output = String(decoding: try Data(contentsOf: log), as: UTF8.self)
  }

  /// `swift test` builds all products into one folder.
  private static var command: URL {
    get throws {
      guard let tests = Bundle.main.executableURL else { throw CocoaError(.fileNoSuchFile) }
      return tests.deletingLastPathComponent().appending(path: "graft")
    }
  }
}
