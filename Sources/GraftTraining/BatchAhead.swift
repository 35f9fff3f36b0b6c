import GraftData

/// The batch of the next step, read and sent to the device while a step runs there.
///
/// It is kept here until its step has run: what was sent is lost where graphs are compiled anew between
/// two steps.
final class BatchAhead {
  /// What was read ahead.
  private enum Next {
    case unread, none
    case read(Batch, wasSent: Bool)
    case failed(any Error)
  }

  private let batches: any BatchIterator
  private var next = Next.unread

  init(_ batches: any BatchIterator) { self.batches = batches }

  /// The batch of a step and whether it was sent, read now unless that was done ahead; `nil` after the
  /// last.
  ///
  /// - Throws: What reading or sending it threw.
  func take() throws -> (batch: Batch, wasSent: Bool)? {
    defer { next = .unread }
    switch next {
    case .unread: return try batches.next().map { ($0, false) }
    case .none: return nil
    case .failed(let error): throw error
    case .read(let batch, let wasSent): return (batch, wasSent)
    }
  }

  /// Reads the batch of the next step and passes it to `send`, which says whether it sent it.
  ///
  /// Errors wait for the next step: the one under way has nothing to do with them.
  func readAhead(_ send: (Batch) throws -> Bool) {
    do {
      next = try batches.next().map { .read($0, wasSent: try send($0)) } ?? .none
    } catch {
      next = .failed(error)
    }
  }
}
