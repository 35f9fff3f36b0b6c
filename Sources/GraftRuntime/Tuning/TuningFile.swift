public import Foundation
import GraftRandom
import Synchronization

/// What was chosen for the problems of one device, kept as JSON in a file of its own.
///
/// A file of another device, another driver or other kernels counts as not there, and so does a
/// damaged one. Safe to share between threads; processes that write at once keep what both found,
/// unless they do so in the same instant: then one of them measures again.
public final class TuningFile: Sendable {
  /// The choice for one problem.
  public struct Choice: Codable, Hashable, Sendable {
    /// The name of the algorithm.
    public var candidate: String
    /// What each candidate took; empty where the first was taken unmeasured.
    public var milliseconds: [String: Double]

    /// The candidate that was chosen, and how long those took that were measured.
    public init(candidate: String, milliseconds: [String: Double]) {
      (self.candidate, self.milliseconds) = (candidate, milliseconds)
    }
  }

  private struct Content: Codable {
    var device: String
    var kernels: String
    var choices: [String: Choice]
  }

  public let url: URL
  private let device: String
  private let kernels: String
  private let choices: Mutex<[String: Choice]>

  /// Opens the file of a device, or prepares a new one.
  ///
  /// - Parameters:
  ///   - device: The device's identity.
  ///   - kernels: The version of its algorithms.
  public init(in folder: URL, device: String, kernels: String) {
    url = folder.appending(path: Self.name(device: device, kernels: kernels))
    (self.device, self.kernels) = (device, kernels)
    choices = Mutex(Self.read(url, device: device, kernels: kernels))
  }

  /// The choice kept for a problem, if there is one.
  public func choice(for problem: String) -> Choice? { choices.withLock { $0[problem] } }

  /// Keeps choices, and writes the file.
  ///
  /// A folder that cannot be written costs the next process the time to measure again.
  public func keep(_ new: [String: Choice]) {
    choices.withLock { choices in
      choices.merge(Self.read(url, device: device, kernels: kernels)) { known, _ in known }
      choices.merge(new) { $1 }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let content = Content(device: device, kernels: kernels, choices: choices)
      guard let data = try? encoder.encode(content) else { return }
      try? FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      // Atomic: written to a temporary file, then renamed.
      try? data.write(to: url, options: .atomic)
    }
  }

  private static func read(_ url: URL, device: String, kernels: String) -> [String: Choice] {
    guard let data = try? Data(contentsOf: url),
      let content = try? JSONDecoder().decode(Content.self, from: data),
      content.device == device, content.kernels == kernels
    else { return [:] }
    return content.choices
  }

  /// A hash of what the file is for; the file itself says it in full.
  private static func name(device: String, kernels: String) -> String {
    String(stableHash(of: "\(device)\u{0}\(kernels)".utf8), radix: 16) + ".json"
  }
}
