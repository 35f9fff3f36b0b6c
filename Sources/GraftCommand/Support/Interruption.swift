@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP as a question that a loop asks after each step; a further Ctrl-C ends the
/// process at once.
///
/// A signal that whoever started the process wanted ignored, as nohup does, stays ignored.
final class Interruption: Sendable {
  private let first = Atomic<Int32>(0)
  private let sources: [(number: Int32, source: any DispatchSourceSignal)]

  init() {
    sources = [SIGINT, SIGTERM, SIGHUP].compactMap {
      number -> (number: Int32, source: any DispatchSourceSignal)? in
      let isIgnored =
        unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
        == unsafeBitCast(SIG_IGN, to: Int.self)
      return isIgnored
        ? nil : (number, DispatchSource.makeSignalSource(signal: number, queue: .global()))
    }
    for (number, source) in sources {
      source.setEventHandler { [unowned self] in
        let isFirst = self.first.compareExchange(
          expected: 0, desired: number, ordering: .relaxed
        ).exchanged
        if !isFirst, number == SIGINT { exit(128 + number) }
      }
      source.resume()
    }
  }

  deinit {
    for (number, source) in sources {
      source.cancel()
      signal(number, SIG_DFL)
    }
  }

  /// Whether a signal asked for an end.
  var isRequested: Bool { first.load(ordering: .relaxed) != 0 }

  /// What a process that the signal ended has as its status; `nil` where there was none.
  var exitStatus: Int32? { isRequested ? 128 + first.load(ordering: .relaxed) : nil }
}
