import Foundation
import Graft
import Synchronization

/// Lines for people on standard output, and a progress line where that is a terminal.
final class Terminal: Sendable {
  private struct Progress {
    var length = 0
    var last = ContinuousClock.now - .seconds(1)
  }

  private let isInteractive = isatty(STDOUT_FILENO) == 1
  private let current = Mutex(Progress())

  /// Prints a line.
  func say(_ line: String) {
    current.withLock { current in
      if current.length > 0 { write("\r\(String(repeating: " ", count: current.length))\r") }
      current.length = 0
      write(line + "\n")
    }
  }

  /// Shows where a longer job stands, at most ten times a second, on a terminal only.
  ///
  /// - Parameter counts: By default both numbers.
  func progress(
    _ title: String, done: Int, of total: Int, counts: String? = nil, detail: String = ""
  ) {
    guard isInteractive else { return }
    let width = 24
    let filled = total > 0 ? width * min(done, total) / total : width
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let line = "\(title) \(bar) \(counts ?? "\(done)/\(total)")  \(detail)"
    current.withLock { current in
      let now = ContinuousClock.now
      guard done == total || now - current.last > .milliseconds(100) else { return }
      current.last = now
      let padding = String(repeating: " ", count: max(0, current.length - line.count))
      write("\r\(line)\(padding)")
      current.length = line.count
    }
  }

  /// Shows how much of a file has come.
  func byteProgress(_ title: String) -> WeightStore.Progress {
    { received, total in
      let counts = [received, total].compactMap { $0.map(Format.bytes) }.joined(separator: " of ")
      self.progress(title, done: received, of: total ?? .max, counts: counts)
    }
  }

  /// Writes at once, so that lines of a long job appear when they are due, in a pipe too.
  private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  /// Prints a value as one line of JSON.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

extension Format {
  static func percent(_ share: Float) -> String { fixed(Double(share) * 100, 1) + " %" }

  /// Minutes and seconds: `2:05`.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(max(seconds, 0).rounded())
    return "\(whole / 60):\(String(format: "%02d", whole % 60))"
  }
}
