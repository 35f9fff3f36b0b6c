@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C as a question that a loop asks after each step; a second one ends the process at once.
final class Interruption: Sendable {
  private let count = Atomic(0)
  private let source: any DispatchSourceSignal

  init() {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [unowned self] in
      if self.count.add(1, ordering: .relaxed).oldValue > 0 { exit(130) }
    }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  /// Whether Ctrl-C was pressed.
  var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
