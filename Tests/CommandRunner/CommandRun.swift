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
  ///   - script: For a shell to run instead, where `"$0" "$@"` is the command with its arguments.
  ///   - signal: What is sent to it once it has printed something.
  public init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    through script: String? = nil, signal: Signal? = nil
  ) async throws {
    let process = Process()
    process.executableURL = try script == nil ? Self.command : URL(filePath: "/bin/sh")
    process.arguments = try (script.map { ["-c", $0, try Self.command.path] } ?? []) + arguments
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
        signal?.send(to: process.processIdentifier, whenIn: log)
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

/// A signal to a process that prints.
public struct Signal: Sendable {
  private var number: Int32
  private var marker: String

  /// The signal of a number, once the marker has been printed.
  public init(_ number: Int32, after marker: String) {
    (self.number, self.marker) = (number, marker)
  }

  /// On a thread of its own: the tests keep those of Swift's tasks busy for minutes.
  fileprivate func send(to process: Int32, whenIn log: URL) {
    Thread.detachNewThread {
      while kill(process, 0) == 0 {
        guard let text = try? String(decoding: Data(contentsOf: log), as: UTF8.self) else { return }
        if text.contains(marker) {
          kill(process, number)
          return
        }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }
}
