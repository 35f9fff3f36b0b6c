import Foundation
import GraftTraining

/// How training goes, on standard error: a line an epoch, which on a terminal moves with each step.
final class ProgressLine {
  private let epochs: Int
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private var shown: ContinuousClock.Instant?

  private init(of epochs: Int) { self.epochs = epochs }

  /// Takes the events of a training of so many epochs.
  static func telling(of epochs: Int) -> (TrainingEvent) -> Void {
    let line = ProgressLine(of: epochs)
    return { line.tell($0) }
  }

  private func tell(_ event: TrainingEvent) {
    switch event {
    case .extracted(let count, let total): move("features of \(count) of \(total) samples")
    case .step(let step):
      move("epoch \(step.epoch), step \(step.step) of \(step.stepCount): \(step.running)")
    case .epoch(let record):
      write((isTerminal ? "\r\u{1B}[K" : "") + "\(record)\n")
      shown = nil
    }
  }

  /// Writes over the line, ten times a second at most.
  private func move(_ text: String) {
    guard isTerminal, shown.map({ .now - $0 > .milliseconds(100) }) ?? true else { return }
    shown = .now
    write("\r\u{1B}[K\(text)")
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
