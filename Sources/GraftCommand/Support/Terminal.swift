import Foundation
import Graft
import Synchronization

/// Lines for people, and a progress line where standard output is a terminal.
///
/// All that the command prints comes through here, and nothing in it steers a terminal: names of
/// files and classes may come from strangers (see ``VisibleText``).
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
      if current.length > 0 {
        Self.write("\r\(String(repeating: " ", count: current.length))\r", to: STDOUT_FILENO)
      }
      current.length = 0
      Self.show(line)
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
    let line = VisibleText.line("\(title) \(bar) \(counts ?? "\(done)/\(total)")  \(detail)")
    current.withLock { current in
      let now = ContinuousClock.now
      guard done == total || now - current.last > .milliseconds(100) else { return }
      current.last = now
      let padding = String(repeating: " ", count: max(0, current.length - line.count))
      Self.write("\r\(line)\(padding)", to: STDOUT_FILENO)
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

  /// Prints a line at once, so that lines of a long job appear when they are due, in a pipe too.
  static func show(_ line: String) { write(VisibleText.line(line) + "\n", to: STDOUT_FILENO) }

  /// Prints lines on standard error, apart from results.
  static func complain(_ lines: String) {
    write(VisibleText.lines(lines) + "\n", to: STDERR_FILENO)
  }

  /// Prints lines that the command itself is the author of, such as its help.
  static func explain(_ lines: String) { write(VisibleText.lines(lines) + "\n", to: STDOUT_FILENO) }

  /// Writes all of a text; where nobody reads it any more, it goes nowhere.
  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
        guard count > 0 else { return lost(descriptor, errno) }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  /// The first reason why something didn't reach standard output, which the process has one of.
  private static let failure = Mutex<Int32>(0)

  private static func lost(_ descriptor: Int32, _ code: Int32) {
    // Who closed the output, or its other end, wants no more of it.
    guard descriptor == STDOUT_FILENO, code != EPIPE, code != EBADF else { return }
    failure.withLock { if $0 == 0 { $0 = code } }
  }

  /// Makes sure that all that was to be read on standard output is there.
  ///
  /// - Throws: ``LostOutput`` where a full disk or the like took some.
  static func checkOutput() throws {
    let code = failure.withLock { $0 }
    if code != 0 { throw LostOutput(reason: String(cString: strerror(code))) }
  }

  /// Prints a value as one line of JSON.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    write(VisibleText.json(text) + "\n", to: STDOUT_FILENO)
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

/// Results that standard output didn't take.
struct LostOutput: Error, CustomStringConvertible {
  var reason: String

  var description: String {
    "not all could be written to standard output (\(reason)); make room and run the command again"
  }
}
