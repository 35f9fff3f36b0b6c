import Dispatch
import Synchronization

/// Lets the users of a device take turns: work runs one piece at a time, in the order in which it was
/// asked for, on no caller's thread.
///
/// A device runs one executable at a time and its steps in order. Whoever may not be alone with a device
/// passes all that touches it through here, as learners do.
public final class DeviceQueue: Sendable {
  private let queue = DispatchQueue(label: "graft.device")
  private let running = Mutex<Interruption?>(nil)
  private let key = DispatchSpecificKey<Bool>()

  /// A queue of one device's own.
  public init() { queue.setSpecific(key: key, value: true) }

  /// Runs `body` when its turn has come; the caller's thread is free meanwhile.
  ///
  /// `body` has to itself what it captures until this returns, as the caller waits.
  ///
  /// - Throws: `CancellationError` where the task is cancelled before its turn, or while `body` looks for
  ///   it with ``checkCancellation()``; what `body` throws.
  public func run<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: @escaping () throws -> Result
  ) async throws -> Result {
    let interruption = Interruption()
    let work = Passed(body)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation {
        (continuation: CheckedContinuation<Passed<Result>, any Error>) in
        queue.async {
          self.running.withLock { $0 = interruption }
          defer { self.running.withLock { $0 = nil } }
          do {
            try self.checkCancellation()
            continuation.resume(returning: Passed(try work.value()))
          } catch {
            continuation.resume(throwing: error)
          }
        }
      }.value
    } onCancel: {
      interruption.isAsked.store(true, ordering: .relaxed)
    }
  }

  /// Runs `body` when its turn has come, while the caller's thread waits.
  public func wait<Result>(_ body: () throws -> Result) rethrows -> Result {
    if DispatchQueue.getSpecific(key: key) == true { return try body() }
    return try queue.sync(execute: body)
  }

  /// Ends the work that runs now, if its task was cancelled; for long work to call between two steps.
  ///
  /// - Throws: `CancellationError`.
  public func checkCancellation() throws {
    if running.withLock({ $0?.isAsked.load(ordering: .relaxed) ?? false }) {
      throw CancellationError()
    }
  }
}

/// Whether work is no longer wanted.
private final class Interruption: Sendable {
  let isAsked = Atomic<Bool>(false)
}

// Unchecked: passed between two threads of which one waits for the other.
private struct Passed<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
